import { beforeEach, expect, test, vi } from "vitest";
import { share } from "../../pkg/src/shared";
import { prepare } from "./page";
import { FakeWorker } from "./worker";

const LINGER = 5_000;
const quiet = (): void => {};

beforeEach(() => {
  prepare();
  vi.stubGlobal("document", { baseURI: "http://page.test/" });
});

/** Loads begun, each in a worker of its own. */
const loads = (): number => FakeWorker.calls.filter(({ kind }) => kind === "create").length;

const open = async (weights: Blob, labels?: readonly string[], onProgress: () => void = quiet) => {
  const shared = share(weights, { device: "cpu", ...(labels ? { labels } : {}) }, onProgress);
  await vi.advanceTimersByTimeAsync(20);
  return { ...shared, explainer: await shared.explainer };
};

test("the same weights are loaded once, for whoever asks, and told to all", async () => {
  const weights = new Blob(["weights"]);
  const [told, before] = [vi.fn(), loads()];
  const first = share(weights, { device: "cpu" }, told);
  const second = share(weights, { device: "cpu" }, told);
  await vi.advanceTimersByTimeAsync(20);
  expect(await first.explainer).toBe(await second.explainer);
  expect(loads()).toBe(before + 1);
  const other = await open(new Blob(["others"]));
  expect(other.explainer).not.toBe(await first.explainer);
  const named = await open(weights, ["a", "b", "c", "d"]);
  expect(named.explainer.labels).toEqual(["a", "b", "c", "d"]);
  expect(loads()).toBe(before + 3);
});

test("the last one to go ends it, after a while in which another may come", async () => {
  const weights = new Blob(["weights"]);
  const [first, second] = [await open(weights), await open(weights)];
  first.release();
  first.release();
  await vi.advanceTimersByTimeAsync(2 * LINGER);
  expect(await open(weights).then(({ explainer }) => explainer)).toBe(first.explainer);
  second.release();
  const third = share(weights, { device: "cpu" }, quiet);
  third.release();
  await vi.advanceTimersByTimeAsync(LINGER - 100);
  const fourth = await open(weights);
  expect(fourth.explainer).toBe(first.explainer);
});

test("nobody's is closed, and is loaded anew by who comes later", async () => {
  const weights = new Blob(["weights"]);
  const first = await open(weights);
  first.release();
  await vi.advanceTimersByTimeAsync(LINGER + 10);
  const grey = { data: new Uint8ClampedArray(16), width: 2, height: 2 };
  await expect(first.explainer.explain(grey)).rejects.toMatchObject({ code: "closed" });
  expect((await open(weights)).explainer).not.toBe(first.explainer);
});

test("what failed is tried again by the next who asks", async () => {
  const weights = new Blob(["weights"]);
  FakeWorker.manner = { turns: () => 1, fails: () => "WeightsError" };
  const failing = expect(share(weights, { device: "cpu" }, quiet).explainer).rejects.toMatchObject({
    name: "WeightsError",
  });
  await vi.advanceTimersByTimeAsync(20);
  await failing;
  FakeWorker.manner = { turns: () => 1 };
  expect((await open(weights)).explainer.info.classes).toBe(4);
});

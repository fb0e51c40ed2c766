import { Engine } from "c3lrp/client";
import { beforeEach, expect, test, vi } from "vitest";
import { answerKey } from "../src/answer";
import { startWorker } from "../src/browser";
import { isOld, outcomeOf, questionOf, targetOf } from "../src/current";
import type { Network } from "../src/network";
import type { Picture } from "../src/picture";
import { english } from "../src/words/words";
import { open, prepare, rest } from "./page";
import { FakeWorker } from "./worker";

beforeEach(() => prepare());

test("the first bird is explained", async () => {
  const page = open();
  const state = await rest(page);
  expect(state.answer?.named.picture.bird?.species).toBe("Wren");
  expect(isOld(state)).toBe(false);
  expect(state.thumbnails.length).toBe(4);
  expect(FakeWorker.calls.filter(({ kind }) => kind === "explain").length).toBe(1);
});

test("a class that is picked is asked for, and what is shown is old until it comes", async () => {
  const page = open();
  const before = await rest(page);
  page.controller.asking.explainClass(2);
  expect(targetOf(page.store.state)).toBe(2);
  expect(isOld(page.store.state)).toBe(true);
  expect(page.store.state.answer).toBe(before.answer);
  const after = await rest(page);
  expect(after.answer?.explained.target).toBe(2);
  expect(isOld(after)).toBe(false);
});

test("what is asked last is what is shown, however fast it is asked", async () => {
  FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 7 : 1) };
  const page = open();
  await rest(page);
  for (const target of [1, 2, 3, 1, 0, 2]) page.controller.asking.explainClass(target);
  page.controller.asking.set({ filter: "none" });
  const state = await rest(page);
  expect(state.answer?.explained.target).toBe(2);
  expect(state.answer?.named.filter).toBe("none");
});

test("going back to what was explained asks nothing of the engine", async () => {
  const page = open();
  await rest(page);
  page.controller.asking.explainClass(2);
  await rest(page);
  const asked = FakeWorker.calls.length;
  page.controller.asking.explainClass(page.store.state.answer?.ranked[0]?.index ?? 0);
  const state = await rest(page);
  expect(isOld(state)).toBe(false);
  expect(FakeWorker.calls.length).toBe(asked);
});

test("another filter needs no network", async () => {
  const page = open();
  await rest(page);
  page.controller.asking.set({ filter: "c1c" });
  const state = await rest(page);
  expect(state.answer?.named.filter).toBe("c1c");
  expect(FakeWorker.calls.filter(({ kind }) => kind === "explain").length).toBe(1);
});

test("options that the library refuses go back to the method before", async () => {
  const page = open();
  const before = await rest(page);
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "explain" ? "OptionsError" : undefined),
  };
  page.controller.asking.set({ method: { name: "c3-lrp", epsilon: -1 } });
  const state = await rest(page);
  expect(state.settings.method).toEqual(before.settings.method);
  expect(state.answer).toBe(before.answer);
  expect(isOld(state)).toBe(false);
  expect(state.notice?.kind).toBe("error");
});

test("a worker that breaks on the CPU is a sentence, and is asked again by the person", async () => {
  let breaks = 1;
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "explain" && breaks-- > 0 ? "crash" : undefined),
  };
  const page = open();
  const broken = await rest(page);
  expect(broken.notice?.say(english)).toBe(english.t.errors.stopped);
  expect(broken.device).toBe("auto");
  page.controller.retry();
  expect((await rest(page)).answer).toBeDefined();
});

test("a worker that breaks on the GPU is replaced, and what it was asked is asked again on the CPU", async () => {
  let breaks = 1;
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "explain" && breaks-- > 0 ? "crash" : undefined),
  };
  const page = open({ device: "webgpu" });
  const state = await rest(page);
  expect(state.answer).toBeDefined();
  expect(state.device).toBe("cpu");
  expect(state.loadedBy).toBe("cpu");
  // The light worker, the full one, and the one after that.
  expect(FakeWorker.all.length).toBe(3);
});

test("where the engine breaks again and again, the page says so and can be asked again", async () => {
  FakeWorker.manner = { turns: () => 1, fails: ({ kind }) => (kind === "explain" ? "crash" : undefined) };
  const page = open();
  const broken = await rest(page);
  expect(broken.answer).toBeUndefined();
  expect(broken.notice?.kind).toBe("error");
  FakeWorker.manner = { turns: () => 1 };
  page.controller.retry();
  expect((await rest(page)).answer).toBeDefined();
});

test("the wasm that fails to load once is loaded by the next try", async () => {
  FakeWorker.manner = { turns: () => 1, fails: () => "NotStarted" };
  const page = open();
  const failed = await rest(page);
  expect(failed.methods).toEqual([]);
  FakeWorker.manner = { turns: () => 1 };
  page.controller.retry();
  const state = await rest(page);
  expect(state.methods.length).toBeGreaterThan(0);
  expect(state.answer).toBeDefined();
});

test("a device that is chosen last is the one that is shown and used", async () => {
  const page = open();
  await rest(page);
  page.controller.choosing.onDevice("webgpu");
  await Promise.resolve();
  page.controller.choosing.onDevice("cpu");
  const state = await rest(page);
  expect([state.device, state.loadedBy, state.model?.info.device]).toEqual(["cpu", "cpu", "cpu"]);
});

test("another device explains anew", async () => {
  const page = open();
  const before = await rest(page);
  page.controller.choosing.onDevice("webgpu");
  const state = await rest(page);
  expect(state.model?.info.device).toBe("webgpu");
  expect(state.answer).not.toBe(before.answer);
  expect(isOld(state)).toBe(false);
});

test("a device that can't be had leaves the network where it was", async () => {
  const page = open();
  await rest(page);
  FakeWorker.manner = {
    turns: () => 1,
    fails: (call) => (call.kind === "create" && call.device === "webgpu" ? "DeviceError" : undefined),
  };
  page.controller.choosing.onDevice("webgpu");
  const state = await rest(page);
  expect(state.device).toBe("auto");
  expect(state.answer && isOld(state)).toBe(false);
});

test("RISE that is called off keeps the worker and the weights", async () => {
  const page = open();
  await rest(page);
  FakeWorker.manner = { turns: (call) => (call.kind === "explain" ? 400 : 1) };
  page.controller.asking.set({ method: { name: "rise", masks: 8000 } });
  await Promise.resolve();
  page.controller.cancel();
  await rest(page);
  FakeWorker.manner = { turns: () => 1 };
  page.controller.asking.set({ method: { name: "c3-lrp" } });
  const state = await rest(page);
  expect(isOld(state)).toBe(false);
  expect(FakeWorker.all.length).toBe(1);
  expect(FakeWorker.calls.filter(({ kind }) => kind === "create").length).toBe(1);
});

test("where RISE's speed can't be measured the page says so, rests, and can be asked again", async () => {
  const page = open();
  await rest(page);
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "measure" ? "PictureError" : undefined),
  };
  page.controller.asking.set({ method: { name: "rise" } });
  const failed = await rest(page);
  expect(outcomeOf(failed)?.kind).toBe("failed");
  expect(failed.notice?.kind).toBe("error");
  FakeWorker.manner = { turns: () => 1 };
  page.controller.retry();
  const state = await rest(page);
  expect(state.answer?.named.method).toEqual({ name: "rise", masks: 100 });
  expect(isOld(state)).toBe(false);
});

test("a tag that is chosen while the lesson's network loads is worn", async () => {
  FakeWorker.manner = { turns: ({ kind }) => (kind === "create" ? 30 : 1) };
  const page = open();
  await rest(page);
  const { taggedBirds } = await import("../src/models");
  page.controller.choosing.use(taggedBirds);
  page.controller.showing.wearTag("none");
  const state = await rest(page);
  expect(state.network?.entry).toBe(taggedBirds);
  expect(state.picture?.bird?.tagOf).toBeUndefined();
  expect(isOld(state)).toBe(false);
});

test("cards that fail can be made again", async () => {
  const page = open();
  await rest(page);
  FakeWorker.manner = {
    turns: () => 1,
    fails: (call) =>
      call.kind === "explain" && JSON.stringify(call.options).includes("grad-cam")
        ? "PictureError"
        : undefined,
  };
  page.controller.comparing.open(true);
  const failed = await rest(page);
  expect([...failed.outcomes.values()].some(({ kind }) => kind === "failed")).toBe(true);
  FakeWorker.manner = { turns: () => 1 };
  page.controller.comparing.resume();
  const state = await rest(page);
  expect([...state.outcomes.values()].every(({ kind }) => kind === "done")).toBe(true);
});

test("measuring follows the maps that are shown", async () => {
  const page = open();
  await rest(page);
  page.controller.judging.open(true);
  page.controller.judging.compareWithBaselines(true);
  const state = await rest(page);
  expect(state.curves.size).toBe(3);
  expect(questionOf(state) && state.answer && answerKey(state.answer)).toBeTruthy();
});

const source = (called: string): Network => ({
  id: called.length,
  name: () => called,
  called,
  weights: [new Blob([called])],
  configs: [],
  reading: {},
});
const picture = (id: number): Picture => ({
  id,
  name: `${id}`,
  width: 1,
  height: 1,
  rgba: new Uint8ClampedArray(4).fill(id),
});
const quietly = (signal = new AbortController().signal) => ({ signal, onProgress: () => {} });
const options = { method: "c3-lrp", filter: "c3" } as const;

const explain = (engine: Engine, network: Network, one: Picture, signal?: AbortSignal) =>
  engine.about("explain", { network, device: "cpu" }, one, { options }, quietly(signal));

/** The map of a picture by a network, as a worker gives it that has done nothing else. */
async function mapOf(network: Network, one: Picture): Promise<Float32Array> {
  const engine = new Engine(startWorker, { onLostGpu: () => {}, onLoaded: () => {} });
  const explained = explain(engine, network, one);
  await vi.advanceTimersByTimeAsync(50);
  return (await explained).explained.map;
}

test("a question is answered by its own network, whatever was loaded last", async () => {
  const [one, two] = [source("a"), source("bb")];
  const engine = new Engine(startWorker, { onLostGpu: () => {}, onLoaded: () => {} });
  for (const network of [one, two]) {
    const loaded = engine.load({ network, device: "cpu" }, quietly());
    await vi.advanceTimersByTimeAsync(50);
    await loaded;
  }
  const explained = explain(engine, one, picture(1));
  await vi.advanceTimersByTimeAsync(50);
  expect((await explained).explained.map).toEqual(await mapOf(one, picture(1)));
  expect(await mapOf(two, picture(1))).not.toEqual(await mapOf(one, picture(1)));
});

test("a worker that breaks over something else takes no question to the next worker", async () => {
  const network = source("a");
  const engine = new Engine(startWorker, { onLostGpu: () => {}, onLoaded: () => {} });
  FakeWorker.manner = {
    turns: ({ kind }) => (kind === "explain" ? 9 : 1),
    fails: ({ kind }) => (kind === "labels" ? "EngineError" : undefined),
  };
  const loaded = engine.load({ network, device: "cpu" }, quietly());
  await vi.advanceTimersByTimeAsync(50);
  await loaded;
  // It would come there without its picture and its network.
  const explained = explain(engine, network, picture(1));
  const broken = Promise.all([
    expect(explained).rejects.toMatchObject({ name: "WorkerError", code: "stopped" }),
    expect(engine.parseLabels(new Uint8Array())).rejects.toMatchObject({
      name: "WorkerError",
      code: "stopped",
    }),
  ]);
  await vi.advanceTimersByTimeAsync(50);
  await broken;
  expect(FakeWorker.calls.filter(({ kind }) => kind === "explain").length).toBe(1);
});

test("a question that is called off while its network loads leaves no picture behind", async () => {
  const network = source("a");
  const engine = new Engine(startWorker, { onLostGpu: () => {}, onLoaded: () => {} });
  const stop = new AbortController();
  const off = explain(engine, network, picture(1), stop.signal);
  // In the very moment in which the network is there.
  FakeWorker.all.at(-1)?.after("created", () => stop.abort());
  const rejected = expect(off).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(50);
  await rejected;
  const explained = explain(engine, network, picture(1));
  await vi.advanceTimersByTimeAsync(50);
  expect((await explained).explained.map).toEqual(await mapOf(network, picture(1)));
});

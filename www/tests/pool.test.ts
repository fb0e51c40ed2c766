import { beforeEach, expect, test, vi } from "vitest";
import type { Info } from "../../pkg/c3lrp.js";
import { type LoadOptions, load } from "../../pkg/src/load";
import { helpful } from "../../pkg/src/pool";
import type { Progress } from "../../pkg/src/progress";
import type { Call } from "../../pkg/src/protocol";
import { rows } from "../src/overview";
import type { Picture } from "../src/picture";
import { open, prepare, rest } from "./page";
import { FakeWorker } from "./worker";

vi.mock("../src/picture", async (original) => ({
  ...(await original<typeof import("../src/picture")>()),
  decodePicture: async (_: Blob, name: string): Promise<Picture> => {
    const id = name.codePointAt(0) ?? 0;
    return { id, name, width: 1, height: 1, rgba: new Uint8ClampedArray(4).fill(id) };
  },
}));

beforeEach(() => prepare(2));

const grey = (value: number) => ({ data: new Uint8ClampedArray(4 * 8).fill(value), width: 4, height: 2 });

/** Lets so many milliseconds pass until something is settled. */
async function settled<T>(promise: Promise<T>, milliseconds = 500): Promise<T> {
  promise.catch(() => {});
  for (let at = 0; at < milliseconds; at += 5) await vi.advanceTimersByTimeAsync(5);
  return await promise;
}

const loaded = (options: LoadOptions = {}) =>
  settled(load(new Blob(["weights"]), { device: "cpu", cache: false, ...options }), 50);

const creates = () => FakeWorker.calls.filter(({ kind }) => kind === "create");

test("as many workers help as there are cores for them and memory for their weights", () => {
  const on = (device: string, parameters: number) => ({ device, parameters }) as Info;
  const [birds, resnet50, vgg16] = [1_490_000, 25_557_032, 138_357_544];
  const workers = (parameters: number, cores: number, memory: number, most?: number) =>
    helpful(on("cpu", parameters), { cores, memory, workers: most });
  expect([1, 2, 3, 8].map((cores) => workers(birds, cores, 8))).toEqual([1, 2, 3, 4]);
  // A sixteenth of the memory holds the weights of all: 102 MB each.
  expect([1, 2, 4, 8, 64].map((memory) => workers(resnet50, 8, memory))).toEqual([1, 1, 2, 2, 2]);
  expect(workers(vgg16, 8, 8)).toBe(1);
  expect([1, 2, 8].map((most) => workers(birds, 8, 8, most))).toEqual([1, 2, 4]);
  expect(helpful(on("webgpu", birds), { cores: 8, memory: 8 })).toBe(1);
});

test("calls that wait go to a further worker, and give what one worker gives, in their order", async () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  const maps = async (options: LoadOptions) => {
    const explainer = await loaded(options);
    FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 6 : 1) };
    const found = await settled(Promise.all(values.map((value) => explainer.explain(grey(value)))));
    return found.map(({ map }) => map);
  };
  const alone = await maps({ workers: 1 });
  expect(FakeWorker.all.length).toBe(1);
  expect(await maps({})).toEqual(alone);
  // One for the first explainer; two for the other, of which the second runs on the CPU from the same file.
  expect(FakeWorker.all.length).toBe(3);
  const [, one, two] = creates();
  expect(two).toMatchObject({ device: "cpu" });
  expect(one?.kind === "create" && two?.kind === "create" && two.source.weights[0]).toBe(
    one?.kind === "create" && one.source.weights[0],
  );
});

test("calls that do not wait for each other have one worker", async () => {
  const explainer = await loaded();
  for (const value of [1, 2, 3]) await settled(explainer.explain(grey(value)), 20);
  expect(FakeWorker.all.length).toBe(1);
});

test("a further worker ends after a while, and all of them with the explainer", async () => {
  const explainer = await loaded();
  const several = () => Promise.all([1, 2, 3, 4].map((value) => explainer.explain(grey(value))));
  await settled(several());
  expect(FakeWorker.alive).toBe(2);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(FakeWorker.alive).toBe(1);
  await settled(several());
  expect(FakeWorker.alive).toBe(2);
  FakeWorker.manner = { turns: () => 50 };
  const off = several();
  off.catch(() => {});
  await vi.advanceTimersByTimeAsync(10);
  explainer.close();
  await expect(off).rejects.toMatchObject({ name: "AbortError" });
  expect(FakeWorker.alive).toBe(0);
});

test("a further worker that can't load, or breaks, costs no answer, and there is no other", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const breaking = [
    { kind: "create", at: 1 },
    // The second is the further worker's.
    { kind: "explain", at: 2 },
  ];
  for (const { kind: breaks, at } of breaking) {
    prepare(2);
    const explainer = await loaded();
    const [first] = FakeWorker.all;
    let asked = 0;
    FakeWorker.manner = {
      turns: ({ kind }) => (kind === "explain" ? 6 : 1),
      fails: ({ kind }) =>
        FakeWorker.all.length > 1 && kind === breaks && ++asked === at ? "crash" : undefined,
    };
    const all = [1, 2, 3, 4, 5, 6].map((value) => explainer.explain(grey(value)));
    expect((await settled(Promise.all(all))).length).toBe(6);
    expect(asked).toBeGreaterThanOrEqual(at);
    expect([FakeWorker.all.length, FakeWorker.alive, FakeWorker.all[0] === first]).toEqual([2, 1, true]);
  }
});

test("what fails in a further worker has its name, and a signal ends what runs there", async () => {
  const explainer = await loaded();
  FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 20 : 1) };
  const stop = new AbortController();
  const calls = [1, 2, 3].map((value) => explainer.explain(grey(value), { signal: stop.signal }));
  for (const call of calls) call.catch(() => {});
  await vi.advanceTimersByTimeAsync(10);
  expect(FakeWorker.open).toEqual([1, 1]);
  stop.abort(new Error("enough"));
  for (const call of calls) await expect(call).rejects.toThrow("enough");
  await vi.advanceTimersByTimeAsync(10);
  FakeWorker.manner = {
    turns: () => 5,
    fails: ({ kind }) => (kind === "explain" ? "OptionsError" : undefined),
  };
  const refused = [1, 2, 3, 4].map((value) => explainer.explain(grey(value)));
  for (const call of refused) call.catch(() => {});
  await vi.advanceTimersByTimeAsync(200);
  for (const call of refused) await expect(call).rejects.toMatchObject({ name: "OptionsError" });
  expect(FakeWorker.alive).toBe(2);
});

test("what follows a call that was given up waits for its worker, and starts no other", async () => {
  const explainer = await loaded();
  FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 6 : 1) };
  const stop = new AbortController();
  const off = explainer.explain(grey(1), { signal: stop.signal });
  off.catch(() => {});
  await vi.advanceTimersByTimeAsync(2);
  stop.abort(new Error("enough"));
  expect((await settled(explainer.explain(grey(2)))).probability).toBeGreaterThan(0);
  await expect(off).rejects.toThrow("enough");
  expect(FakeWorker.all.length).toBe(1);

  // One that is given up while it waits needs no worker either; two that go on have two.
  const [first, waiting] = [
    explainer.explain(grey(3)),
    explainer.explain(grey(4), { signal: AbortSignal.abort() }),
  ];
  await expect(waiting).rejects.toThrow();
  await settled(first);
  expect(FakeWorker.all.length).toBe(1);
  await settled(Promise.all([explainer.explain(grey(5)), explainer.explain(grey(6))]));
  expect(FakeWorker.all.length).toBe(2);
});

test("RISE's masks are shared by idle workers, and give what one worker gives", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const rise = async (options: LoadOptions, fails = (_: Call): string | undefined => undefined) => {
    prepare(2);
    const explainer = await loaded(options);
    FakeWorker.manner = { turns: ({ kind }) => (kind === "score" ? 9 : 1), fails };
    const told: number[] = [];
    const onProgress = ({ phase, done }: Progress) => phase === "masks" && told.push(done);
    const asked = explainer.explain(grey(1), { method: { name: "rise", masks: 500 }, onProgress });
    const scored = () => FakeWorker.calls.flatMap((call) => (call.kind === "score" ? [call] : []));
    return { found: await settled(asked), told, scored: scored(), workers: FakeWorker.all.length };
  };
  const one = await rise({ workers: 1 });
  expect(one.workers).toBe(1);
  expect(one.scored.map(({ first }) => first)).toEqual(Array.from({ length: 11 }, (_, part) => 48 * part));
  expect(one.scored.at(-1)?.count).toBe(20);
  const two = await rise({});
  expect(two.workers).toBe(2);
  expect(two.found.map).toEqual(one.found.map);
  // A further worker that breaks has its part done by the first. Its first part comes with the picture.
  const broken = await rise({}, (call) =>
    call.kind === "score" && call.first > 0 && call.pixels ? "crash" : undefined,
  );
  expect(broken.scored.length).toBe(12);
  expect(broken.found.map).toEqual(one.found.map);
});

test("RISE's masks that fail, or are called off, end the others", async () => {
  const explainer = await loaded();
  const stop = new AbortController();
  FakeWorker.manner = { turns: ({ kind }) => (kind === "score" ? 9 : 1) };
  const off = explainer.explain(grey(1), { method: "rise", signal: stop.signal });
  off.catch(() => {});
  await vi.advanceTimersByTimeAsync(40);
  expect(FakeWorker.open).toEqual([1, 1]);
  stop.abort(new Error("enough"));
  await expect(off).rejects.toThrow("enough");
  await vi.advanceTimersByTimeAsync(40);
  expect(FakeWorker.open).toEqual([]);
  FakeWorker.manner = { turns: () => 1, fails: ({ kind }) => (kind === "score" ? "DeviceWrong" : undefined) };
  const failed = settled(explainer.explain(grey(1), { method: "rise" }));
  await expect(failed).rejects.toMatchObject({ name: "DeviceWrong" });
  FakeWorker.manner = { turns: () => 1 };
  expect((await settled(explainer.explain(grey(1)))).probability).toBeGreaterThan(0);
});

test("RISE's masks that fail call off the others at once, and report nothing more", async () => {
  const explainer = await loaded();
  const method = { name: "rise", masks: 500 } as const;
  FakeWorker.manner = { turns: ({ kind }) => (kind === "score" ? 9 : 1) };
  // Starts the further worker.
  await settled(explainer.explain(grey(1), { method }));
  const told: boolean[] = [];
  // The part of either worker fails, while the other's would take for ever.
  for (const fails of [0, 48]) {
    let failed = false;
    FakeWorker.manner = {
      turns: (call) => (call.kind === "score" && call.first !== fails ? Number.POSITIVE_INFINITY : 5),
      fails: (call) => {
        failed ||= call.kind === "score" && call.first === fails;
        return failed ? "OptionsError" : undefined;
      },
    };
    const onProgress = ({ phase }: Progress): void => {
      if (phase === "masks") told.push(failed);
    };
    const asked = FakeWorker.calls.length;
    const failing = explainer.explain(grey(1), { method, onProgress }).catch((error: Error) => {
      expect(FakeWorker.open).toEqual([]);
      return error.name;
    });
    expect(await settled(failing, 50)).toBe("OptionsError");
    // None of the nine parts that were left was begun.
    expect(FakeWorker.calls.slice(asked).filter(({ kind }) => kind === "score").length).toBe(2);
  }
  expect(told.length).toBeGreaterThan(0);
  expect(told).not.toContain(true);
  // Both workers are as good as before.
  FakeWorker.manner = { turns: () => 1 };
  expect((await settled(explainer.explain(grey(1), { method }))).probability).toBeGreaterThan(0);
  expect(FakeWorker.alive).toBe(2);
});

test("workers is a whole number from 1 up", async () => {
  for (const workers of [0, 1.5, Number.NaN]) {
    const error = { name: "OptionsError", code: "workers-count", params: { workers: String(workers) } };
    await expect(load(new Blob(["weights"]), { workers })).rejects.toMatchObject(error);
  }
  expect(FakeWorker.all.length).toBe(0);
});

test("cards, curves and strips go to both workers; what is looked at is the first one's", async () => {
  const page = open();
  await rest(page);
  let most = 0;
  FakeWorker.manner = {
    turns: ({ kind }) => {
      most = Math.max(most, FakeWorker.atOnce);
      return kind === "explain" || kind === "judge" ? 9 : 1;
    },
  };
  page.controller.comparing.open(true);
  for (const name of ["grad-cam", "lrp-epsilon-gamma-box", "input-x-gradient"] as const)
    page.controller.comparing.pick(name, true);
  page.controller.judging.open(true);
  const state = await rest(page);
  expect([...state.outcomes.values()].every(({ kind }) => kind === "done")).toBe(true);
  expect(most).toBe(2);
  expect(FakeWorker.all.length).toBe(2);

  const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  page.controller.taking.files([..."abcdefgh"].map((name) => new File([PNG], `${name}.png`)));
  await rest(page);
  page.controller.showing.insist(true);
  await rest(page);
  page.controller.batch.run(true);
  await vi.advanceTimersByTimeAsync(5);
  expect(page.store.state.running.size).toBe(2);
  // A question puts off the picture in the first worker, and no other.
  page.controller.asking.explainClass(2);
  await rest(page);
  expect(rows(page.store.state).every(({ result }) => result?.kind === "done")).toBe(true);
  expect(page.store.state.answer?.explained.target).toBe(2);
});

test("another network ends what holds the one before", async () => {
  const page = open();
  await rest(page);
  page.controller.comparing.open(true);
  page.controller.comparing.pick("grad-cam", true);
  page.controller.comparing.pick("input-x-gradient", true);
  await rest(page);
  expect(FakeWorker.alive).toBe(2);
  const { taggedBirds } = await import("../src/models");
  page.controller.comparing.open(false);
  page.controller.choosing.use(taggedBirds);
  await rest(page);
  expect(FakeWorker.alive).toBe(1);
});

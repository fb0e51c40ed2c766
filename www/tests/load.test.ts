import { beforeEach, expect, test, vi } from "vitest";
import { LibraryError, sentence } from "../../pkg/src/errors";
import source from "../../pkg/src/errors.ts?raw";
import { type LoadOptions, load } from "../../pkg/src/load";
import { readSource } from "../../pkg/src/source";
import library from "../../src/sentences.json";
import { FakeCaches, FakeLocks, FakeServer } from "./browser";
import { prepare } from "./page";
import { FakeWorker, SPECIES } from "./worker";

const FILE = Uint8Array.from({ length: 6_000_000 }, (_, at) => at % 251);
const URL_OF_WEIGHTS = "https://weights.test/birds.safetensors";

/** Node's own. */
declare const setImmediate: (done: (value: unknown) => void) => void;

let server: FakeServer;

beforeEach(() => {
  prepare();
  server = new FakeServer(FILE);
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("caches", new FakeCaches());
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});

/** Lets time pass until something is settled. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  const end = (): void => {
    open = false;
  };
  promise.then(end, end);
  // Node computes hashes in threads of its own.
  for (const start = performance.now(); open && performance.now() - start < 20_000; ) {
    await vi.advanceTimersByTimeAsync(2);
    await new Promise(setImmediate);
  }
  if (open) throw new Error("it takes too long");
  return await promise;
}

/** What something fails with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  settled(
    promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

const grey = (value: number) => ({ data: new Uint8ClampedArray(4 * 8).fill(value), width: 4, height: 2 });
const loaded = (options: LoadOptions = {}) =>
  settled(load(new Blob(["weights"]), { device: "cpu", ...options }));

test("from an address to an explanation, told how far it is", async () => {
  const phases = new Set<string>();
  const explainer = await settled(
    load(URL_OF_WEIGHTS, { device: "cpu", onProgress: ({ phase }) => phases.add(phase) }),
  );
  expect(explainer.info.classes).toBe(4);
  expect(explainer.labels).toEqual(SPECIES);
  const explanation = await settled(
    explainer.explain(grey(9), { onProgress: ({ phase }) => phases.add(phase) }),
  );
  expect(explanation.label).toBe(SPECIES[explanation.target]);
  expect(explanation.boundaries[0]).not.toHaveProperty("colours");
  expect([...phases]).toEqual(["downloading", "forward"]);
  // Kept from then on.
  await settled(load(URL_OF_WEIGHTS, { device: "cpu" }));
  expect(server.asked.length).toBe(1);
});

test("without a cache it is fetched each time", async () => {
  for (let time = 0; time < 2; time++)
    await settled(load(new URL(URL_OF_WEIGHTS), { device: "cpu", cache: false }));
  expect(server.asked.length).toBe(2);
});

test("another question about the picture doesn't carry it to the worker again", async () => {
  const explainer = await loaded();
  const explanation = await settled(explainer.explain(grey(9), { fit: "whole" }));
  const other = await settled(explanation.explain({ target: 2 }));
  expect(other.target).toBe(2);
  const filtered = await settled(other.refilter("c1c"));
  expect(filtered.target).toBe(2);
  expect(filtered.map).toEqual(other.map);
  expect(filtered.filtered).not.toEqual(other.filtered);
  const curves = await settled(other.faithfulness({ protocol: "rise" }));
  expect(curves.insertion.area).toBe(other.filtered[0]);
  const concepts = await settled(other.concepts("layer4.0", { top: 1 }));
  expect(concepts.map(({ channel }) => channel)).toEqual([3]);
  expect(await settled(other.without("layer4.0", [3]))).toHaveLength(2);
  const asked = FakeWorker.calls.filter((call) => call.kind !== "create" && call.kind !== "refilter");
  expect(asked.map((call) => "pixels" in call)).toEqual([true, false, false, false, false]);
  expect(asked[1]).toMatchObject({ options: { target: 2, fit: "whole" } });
  expect(asked[2]).toMatchObject({ judge: { protocol: "rise" }, target: 2, fit: "whole" });
  expect(asked[4]).toMatchObject({ layer: "layer4.0", channels: [3], fit: "whole" });
});

test("calls come one after another, each with its own picture", async () => {
  const explainer = await loaded();
  const [one, two, again] = await settled(
    Promise.all([grey(1), grey(2), grey(1)].map((picture) => explainer.explain(picture))),
  );
  expect(one?.map).toEqual(again?.map);
  expect(one?.map).not.toEqual(two?.map);
  const open = [];
  for (const value of [1, 2, 3]) open.push(explainer.explain(grey(value)));
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeWorker.atOnce).toBeLessThan(2);
  await settled(Promise.all(open));
});

test("a picture is taken as it is at the call", async () => {
  const explainer = await loaded();
  const before = await settled(explainer.explain(grey(1)));
  const changing = grey(1);
  const explaining = explainer.explain(changing);
  changing.data.fill(99);
  expect((await settled(explaining)).map).toEqual(before.map);
});

test("a signal ends a download, loading, waiting and explaining, with its reason", async () => {
  const off = async (begin: (signal: AbortSignal) => Promise<unknown>, after = 5) => {
    const stop = new AbortController();
    const ended = failure(begin(stop.signal));
    await vi.advanceTimersByTimeAsync(after);
    stop.abort("enough");
    return await ended;
  };
  server.most = 0;
  expect(await off((signal) => load(URL_OF_WEIGHTS, { signal }))).toBe("enough");
  FakeWorker.manner = { turns: () => 400 };
  expect(await off((signal) => load(new Blob(["weights"]), { signal }))).toBe("enough");
  expect(await off((signal) => load(new Blob(["weights"]), { signal }), 0)).toBe("enough");
  FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 100 : 1) };
  const explainer = await loaded();
  const first = explainer.explain(grey(1));
  expect(await off((signal) => explainer.explain(grey(2), { signal }))).toBe("enough");
  expect(await failure(explainer.explain(grey(2), { signal: AbortSignal.abort("enough") }))).toBe("enough");
  await settled(first);
  expect(await off((signal) => explainer.explain(grey(2), { signal }))).toBe("enough");
  FakeWorker.manner = { turns: () => 1 };
  expect((await settled(explainer.explain(grey(3)))).target).toBeDefined();
});

test("closing ends what is under way and what waits, and throws nothing", async () => {
  FakeWorker.manner = { turns: ({ kind }) => (kind === "explain" ? 100 : 1) };
  const explainer = await loaded();
  const open = [1, 2].map((value) => failure(explainer.explain(grey(value))));
  await vi.advanceTimersByTimeAsync(5);
  explainer.close();
  explainer.close();
  for (const error of await Promise.all(open)) expect(error).toMatchObject({ name: "AbortError" });
  expect(await failure(explainer.explain(grey(1)))).toMatchObject({ name: "WorkerError", code: "closed" });
  explainer[Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose)]();
});

test("errors keep their names and codes on the way from the worker", async () => {
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "explain" ? "OptionsError" : undefined),
  };
  const explainer = await loaded();
  const error = await failure(explainer.explain(grey(1)));
  expect(error).toBeInstanceOf(LibraryError);
  expect(error).toMatchObject({ name: "OptionsError", message: "a OptionsError" });
  FakeWorker.manner = { turns: () => 1, fails: () => "NotStarted" };
  expect(await failure(load(new Blob(["weights"])))).toMatchObject({
    name: "WorkerError",
    code: "wasm-not-started",
  });
  const worker = () => {
    throw new Error("no workers here");
  };
  expect(await failure(load(new Blob(["weights"]), { worker }))).toMatchObject({
    code: "not-started",
    cause: { message: "no workers here" },
  });
  // As where its address is wrong.
  FakeWorker.manner = { turns: () => 0, fails: () => "crash" };
  expect(await failure(load(new Blob(["weights"])))).toMatchObject({ code: "not-started" });
  const wrong = await failure(load(new Blob(["weights"]), { worker: "/elsewhere.js" }));
  expect((wrong as Error).message).toContain("address that load was given as worker");
});

test("labels may be a file of names", async () => {
  const explainer = await loaded({ labels: new Blob(["a\nb\nc\nd\n"]) });
  expect(explainer.labels).toEqual(["a", "b", "c", "d"]);
});

test("a worker that broke is replaced by the next call; a GPU that failed by the CPU", async () => {
  let breaks = 1;
  const crash = {
    turns: () => 1,
    fails: ({ kind }: { kind: string }) => (kind === "explain" && breaks-- > 0 ? "crash" : undefined),
  };
  FakeWorker.manner = crash;
  const explainer = await loaded();
  expect(await failure(explainer.explain(grey(1)))).toMatchObject({ name: "WorkerError", code: "stopped" });
  expect((await settled(explainer.explain(grey(1)))).target).toBeDefined();
  breaks = 1;
  const onGpu = await loaded({ device: "webgpu" });
  expect(onGpu.info.device).toBe("webgpu");
  expect((await settled(onGpu.explain(grey(1)))).target).toBeDefined();
  expect(onGpu.info.device).toBe("cpu");
  const workers = FakeWorker.all.length;
  await settled(onGpu.explain(grey(2)));
  expect(FakeWorker.all.length).toBe(workers);
});

test("names are those that were given, and as many as there are classes", async () => {
  const labels = ["a", "b", "c", "d"];
  const explainer = await loaded({ labels });
  expect(explainer.labels).toEqual(labels);
  expect(await failure(load(new Blob(["weights"]), { labels: ["a"] }))).toMatchObject({
    name: "LabelsError",
    code: "labels-count",
    params: { names: 1, classes: 4 },
  });
});

test("weights are held against their hash, and what differs is not kept", async () => {
  const digest = await crypto.subtle.digest("SHA-384", FILE);
  const integrity = `sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
  await settled(load(URL_OF_WEIGHTS, { integrity }));
  const other = `sha256-${"A".repeat(43)}=`;
  expect(await failure(load(URL_OF_WEIGHTS, { integrity: other }))).toMatchObject({
    name: "DownloadError",
    code: "integrity",
    params: { name: "birds.safetensors" },
  });
  await settled(load(URL_OF_WEIGHTS, { integrity }));
  expect(server.asked.length).toBe(2);
  expect(await failure(load(FILE, { integrity: "md5-x" }))).toMatchObject({ code: "integrity-form" });
});

test("what tensors don't tell goes to the library, and the wasm's address to the worker before it", async () => {
  const posted: unknown[] = [];
  class Watched extends FakeWorker {
    override postMessage(call: Parameters<FakeWorker["postMessage"]>[0]): void {
      posted.push(call);
      super.postMessage(call);
    }
  }
  vi.stubGlobal("Worker", Watched);
  await loaded({ side: 96, config: "{}", name: "owner/name", wasm: "/engine.wasm", worker: "/worker.js" });
  expect(posted[0]).toEqual({ id: 0, kind: "wasm", wasm: "http://page.test/engine.wasm" });
  expect(posted[1]).toMatchObject({
    kind: "create",
    device: "cpu",
    source: { called: "owner/name", reading: { side: 96 }, configs: [{ text: "{}" }] },
  });
});

const quiet = new AbortController().signal;

test("pictures that can't be are told by what is wrong with them", async () => {
  const wrong = async (source: unknown) => await failure(readSource(source as ImageData, quiet));
  expect(await wrong({ data: new Uint8Array(15), width: 2, height: 2 })).toMatchObject({
    name: "PictureError",
    code: "picture-pixels",
    params: { values: 15 },
  });
  expect(await wrong({ data: new Uint8Array(0), width: 0, height: 0 })).toMatchObject({
    code: "picture-pixels",
  });
  for (const nothing of [undefined, null, 3, {}, { data: new Float32Array(4), width: 1, height: 1 }])
    expect(await wrong(nothing)).toMatchObject({ name: "PictureError", code: "picture-source" });
  expect(await wrong(new Blob([]))).toMatchObject({ code: "empty", params: { name: "the picture" } });
  expect(await wrong(new File([], "cat.png"))).toMatchObject({ params: { name: "cat.png" } });
  vi.stubGlobal("fetch", async () => new Response("", { status: 404 }));
  expect(await wrong("https://pictures.test/cat.jpg?large")).toMatchObject({
    code: "picture-unreachable",
    params: { name: "cat.jpg" },
  });
});

/** Stands in for an element: a tag, as the browser's own have it, and what it has. */
const element = (tag: string, has: object): ImageData =>
  Object.assign(Object.create({ [Symbol.toStringTag]: tag }), has) as ImageData;

test("elements are read in their own size; one from elsewhere says what to do", async () => {
  let tainted = false;
  class Canvas {
    constructor(
      readonly width: number,
      readonly height: number,
    ) {}
    getContext() {
      let put: Uint8ClampedArray | undefined;
      return {
        drawImage: () => {},
        putImageData: ({ data }: { data: Uint8ClampedArray }) => {
          put = data;
        },
        getImageData: () => {
          if (tainted && !put) throw new DOMException("tainted", "SecurityError");
          return { data: put ?? new Uint8ClampedArray(4 * this.width * this.height) };
        },
      };
    }
  }
  vi.stubGlobal("OffscreenCanvas", Canvas);
  vi.stubGlobal(
    "ImageData",
    class {
      constructor(readonly data: Uint8ClampedArray) {}
    },
  );
  const image = element("HTMLImageElement", {
    src: "https://pictures.test/cat.jpg",
    naturalWidth: 30,
    naturalHeight: 20,
    decode: async () => {},
  });
  const read = (source: ImageData) => settled(readSource(source, quiet));
  expect(await read(image)).toMatchObject({ width: 30, height: 20, natural: { width: 30, height: 20 } });
  expect(await read(element("VideoFrame", { displayWidth: 5, displayHeight: 4 }))).toMatchObject({
    width: 5,
  });
  expect(await read(element("ImageBitmap", { width: 3, height: 4 }))).toMatchObject({ height: 4 });
  const large = await read(element("HTMLCanvasElement", { width: 4000, height: 3000 }));
  expect([large.width, large.natural.width]).toEqual([2000, 4000]);
  const video = { videoWidth: 30, videoHeight: 20, HAVE_CURRENT_DATA: 2 };
  expect(await read(element("HTMLVideoElement", { ...video, readyState: 4 }))).toMatchObject({ width: 30 });
  expect(
    await failure(readSource(element("HTMLVideoElement", { ...video, readyState: 1 }), quiet)),
  ).toMatchObject({
    code: "picture-blank",
  });
  tainted = true;
  const error = await failure(readSource(image, quiet));
  expect(error).toMatchObject({ name: "PictureError", code: "picture-tainted", params: { name: "cat.jpg" } });
  expect((error as Error).message).toContain("crossorigin");
});

test("the package's codes are none of the library's", () => {
  const codes = [...source.matchAll(/^ {2}"?([a-z-]+)"?: \(/gm)].map(([, code]) => code ?? "");
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => code in library)).toEqual([]);
  expect(sentence("canvas", {})).toMatchObject({ code: "canvas", params: {} });
});

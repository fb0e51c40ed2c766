import init, {
  type Explained as Answered,
  type CreateOptions,
  drawBird,
  Explainer,
  type Explanation,
  filterMap,
  fullColour,
  heatmap,
  type OnProgress,
  parseLabels,
  relevanceMass,
  species,
} from "c3lrp";
import {
  type Asked,
  type AskedBird,
  type Call,
  type Explained,
  type Film,
  type Following,
  LEGEND,
  type Mass,
  type Pixels,
  type Reply,
  type Truth,
} from "./protocol";
import { inMasks, masksInAMinute } from "./rise";
import type { Sentence } from "./words/library";

declare const self: DedicatedWorkerGlobalScope;

/** Weights of up to so many bytes are read in one go: a read for each tensor takes longer than the rest. */
const SMALL = 16e6;

let ready: Promise<unknown> | undefined;
let explainer: Explainer | undefined;
let pixels: Pixels | undefined;
/** The picture at hand, as the library answers for it. */
let picture: { readonly pixels: Pixels; readonly fit: Asked["fit"]; readonly answers: Answered } | undefined;
/** What calls off the calls that are under way. */
const stops = new Map<number, AbortController>();

const reply = (message: Reply, transfer: Transferable[] = []): void => self.postMessage(message, transfer);

async function create(call: Call & { kind: "create" }, onProgress: OnProgress): Promise<void> {
  picture?.answers.free();
  explainer?.free();
  explainer = picture = undefined;
  const { device, kernels, source } = call;
  const { called: name, reading, network, config, weights } = source;
  const chosen = network === undefined ? {} : { network };
  const options: CreateOptions = { ...reading, ...chosen, name, config, device, kernels, onProgress };
  explainer = await Explainer.create(await given(weights), options);
  reply({ id: call.id, kind: "created", info: explainer.info });
}

async function given(weights: readonly Blob[]): Promise<Blob | Uint8Array | Blob[]> {
  const [only, ...others] = weights;
  if (!only || others.length > 0) return [...weights];
  return only.size <= SMALL ? new Uint8Array(await only.arrayBuffer()) : only;
}

async function run(
  options: Asked,
  following: Following,
): Promise<Explanation & { truth: Truth | undefined }> {
  if (!explainer || !pixels) throw new Error("The engine has no weights or no picture yet.");
  const { fit } = options;
  const { rgba, width, height, truth } = pixels;
  if (picture?.pixels === pixels && picture.fit === fit) {
    return { ...(await picture.answers.explain({ ...options, ...following })), truth };
  }
  picture?.answers.free();
  picture = undefined;
  const answers = await explainer.explain(rgba, width, height, { ...options, ...following });
  picture = { pixels, fit, answers };
  return { ...answers, truth };
}

/** The call's picture. A new worker has not seen it yet: the quickest method will do for that. */
async function about(call: { readonly fit: Asked["fit"] }, following: Following): Promise<Answered> {
  const known = picture?.pixels === pixels && picture?.fit === call.fit;
  const fit = call.fit ? { fit: call.fit } : {};
  if (!known) await run({ method: "grad-cam", filter: "none", ...fit }, following);
  if (!picture) throw new Error("The engine has no picture yet.");
  return picture.answers;
}

async function judge(call: Call & { kind: "judge" }, following: Following): Promise<void> {
  const { id, map, target } = call;
  const options = { ...call.judge, target, ...following };
  const curves = await (await about(call, following)).faithfulness(map, options);
  reply({ id, kind: "judged", curves });
}

async function film(call: Call & { kind: "film" }, following: Following): Promise<void> {
  const { id, map, points } = call;
  const on = await about(call, following);
  const shots = (direction: keyof Film) => on.film(map, { ...call.judge, points, direction });
  const film = { insertion: await shots("insertion"), deletion: await shots("deletion") };
  reply(
    { id, kind: "filmed", film },
    [...film.insertion, ...film.deletion].map(({ buffer }) => buffer),
  );
}

async function explain(call: Call & { kind: "explain" }, following: Following): Promise<void> {
  const onProgress = inMasks(call.options.method, following.onProgress);
  const found = await run(call.options, { ...following, onProgress });
  const { relevance: _, truth, boundaries, ...rest } = found;
  const scale = fullColour(rest.map, "diverging");
  const diverging = colours(rest.map);
  const ramp = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
  const legend = Uint8ClampedArray.from(heatmap(ramp, "diverging", 1));
  const explained: Explained = {
    ...rest,
    device: explainer?.info.device ?? "cpu",
    seen: picture?.answers.seen() ?? new Uint8ClampedArray(),
    ...kept(rest, truth),
    scale,
    diverging,
    legend,
    // The picture's own map is there already, and is posted once.
    boundaries: boundaries.map((layer) =>
      layer.name === "input"
        ? { ...layer, map: rest.map, colours: diverging }
        : { ...layer, colours: colours(layer.map) },
    ),
  };
  reply({ id: call.id, kind: "explained", explained }, [
    diverging.buffer,
    explained.overlay.buffer,
    explained.seen.buffer,
  ]);
}

/** What follows from a map and its filter. */
function kept(
  found: Pick<Explanation, "map" | "filtered">,
  truth: Truth | undefined,
): Pick<Explained, "overlay" | "masses"> {
  const overlay = Uint8ClampedArray.from(heatmap(found.filtered, "overlay"));
  return { overlay, masses: masses(found, truth) };
}

function refilter({ id, explained, filter, truth }: Call & { kind: "refilter" }): void {
  const { map, width, height } = explained;
  const found = filterMap(map, width, height, filter);
  const refiltered = { ...found, ...kept({ map, ...found }, truth) };
  reply({ id, kind: "refiltered", refiltered }, [refiltered.overlay.buffer]);
}

const colours = (map: Float32Array): Uint8ClampedArray<ArrayBuffer> =>
  Uint8ClampedArray.from(heatmap(map, "diverging"));

async function measure(call: Call & { kind: "measure" }, following: Following): Promise<void> {
  const masks = await masksInAMinute(async (method) => {
    const options: Asked = { method, filter: "none", ...(call.fit ? { fit: call.fit } : {}) };
    const onProgress = inMasks(method, following.onProgress, "measuring the speed");
    const { milliseconds } = await run(options, { ...following, onProgress });
    return milliseconds.backward;
  });
  reply({ id: call.id, kind: "measured", masks });
}

/** The masks are those of the picture, so the map has to cover just that. */
function masses({ map, filtered }: Pick<Explanation, "map" | "filtered">, truth: Truth | undefined): Mass[] {
  const known = (["whole", "deciding", "tag"] as const).filter((on) => truth?.[on]?.length === map.length);
  return known.map((on) => {
    const mask = truth?.[on] ?? new Uint8Array();
    const area = mask.reduce((a, b) => a + b, 0) / mask.length;
    return { on, area, before: relevanceMass(map, mask), after: relevanceMass(filtered, mask) };
  });
}

function draw(id: number, { species, seed, ...options }: AskedBird): void {
  const bird = drawBird(species, seed, options);
  reply({ id, kind: "drawn", bird });
}

/** Fetches and starts the library; one that failed is tried again by the next call. */
async function start(): Promise<void> {
  ready ??= init();
  try {
    await ready;
  } catch (error) {
    ready = undefined;
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { name: "NotStarted" });
  }
}

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const { id } = call;
  if (call.kind === "stop") {
    stops.get(id)?.abort();
    return;
  }
  // Kept whatever comes of the call: later ones leave them out.
  if ("pixels" in call && call.pixels) pixels = call.pixels;
  const onProgress: OnProgress = (done, total, what) => reply({ id, kind: "progress", done, total, what });
  const stop = new AbortController();
  stops.set(id, stop);
  const following: Following = { onProgress, signal: stop.signal };
  try {
    await start();
    if (call.kind === "create") await create(call, onProgress);
    else if (call.kind === "explain") await explain(call, following);
    else if (call.kind === "measure") await measure(call, following);
    else if (call.kind === "judge") await judge(call, following);
    else if (call.kind === "film") await film(call, following);
    else if (call.kind === "refilter") refilter(call);
    else if (call.kind === "labels") reply({ id, kind: "labelled", names: parseLabels(call.bytes) });
    else if (call.kind === "draw") draw(id, call.bird);
    else if (call.kind === "memory") reply({ id, kind: "remembered", memory: await explainer?.memory() });
    else reply({ id, kind: "catalogue", catalogue: { species: species(), methods: Explainer.methods } });
  } catch (error) {
    reply({ id, kind: "failed", ...told(error) });
  } finally {
    stops.delete(id);
  }
};

/** An error of the library has a code and parameters besides its English text. */
function told(error: unknown): { name: string; sentence: Sentence } {
  const thrown: Error & Partial<Sentence> = error instanceof Error ? error : new Error(String(error));
  const { name, message: text, code, params = {} } = thrown;
  const what = { code: code ?? "", params, text };
  return { name, sentence: code ? { code: `error.${name}`, params: { what }, text } : what };
}

// A trap inside the library's asynchronous code rejects no promise that anyone holds.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

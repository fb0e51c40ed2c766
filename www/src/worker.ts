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
  LEGEND,
  type Mass,
  type Pixels,
  type Reply,
  type Truth,
} from "./protocol";
import { inMasks, masksInAMinute } from "./rise";

declare const self: DedicatedWorkerGlobalScope;

/** Weights of up to so many bytes are read in one go: a read for each tensor takes longer than the rest. */
const SMALL = 16e6;

const ready = init();
let explainer: Explainer | undefined;
let pixels: Pixels | undefined;
/** The picture at hand, as the library answers for it. */
let picture: { readonly pixels: Pixels; readonly fit: Asked["fit"]; readonly answers: Answered } | undefined;
/** The measuring that is under way. */
let judging: { readonly id: number; readonly calledOff: AbortController } | undefined;

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
  call: { pixels?: Pixels },
  options: Asked,
  onProgress: OnProgress,
): Promise<Explanation & { truth: Truth | undefined }> {
  pixels = call.pixels ?? pixels;
  if (!explainer || !pixels) throw new Error("The engine has no weights or no picture yet.");
  const { fit } = options;
  const { rgba, width, height, truth } = pixels;
  if (picture?.pixels === pixels && picture.fit === fit) {
    return { ...(await picture.answers.explain({ ...options, onProgress })), truth };
  }
  picture?.answers.free();
  picture = undefined;
  const answers = await explainer.explain(rgba, width, height, { ...options, onProgress });
  picture = { pixels, fit, answers };
  return { ...answers, truth };
}

/** The call's picture. A new worker has not seen it yet: the quickest method will do for that. */
async function about(
  call: { readonly pixels?: Pixels; readonly fit: Asked["fit"] },
  onProgress: OnProgress,
): Promise<Answered> {
  const known = picture?.pixels === (call.pixels ?? pixels) && picture?.fit === call.fit;
  const fit = call.fit ? { fit: call.fit } : {};
  if (!known) await run(call, { method: "grad-cam", filter: "none", ...fit }, onProgress);
  if (!picture) throw new Error("The engine has no picture yet.");
  return picture.answers;
}

async function judge(call: Call & { kind: "judge" }, onProgress: OnProgress): Promise<void> {
  const { id, map, target } = call;
  const calledOff = new AbortController();
  judging = { id, calledOff };
  const options = { ...call.judge, target, onProgress, signal: calledOff.signal };
  const curves = await (await about(call, onProgress)).faithfulness(map, options);
  reply({ id, kind: "judged", curves });
}

async function film(call: Call & { kind: "film" }, onProgress: OnProgress): Promise<void> {
  const { id, map, points } = call;
  const on = await about(call, onProgress);
  const shots = (direction: keyof Film) => on.film(map, { ...call.judge, points, direction });
  const film = { insertion: await shots("insertion"), deletion: await shots("deletion") };
  reply(
    { id, kind: "filmed", film },
    [...film.insertion, ...film.deletion].map(({ buffer }) => buffer),
  );
}

async function explain(call: Call & { kind: "explain" }, onProgress: OnProgress): Promise<void> {
  const found = await run(call, call.options, inMasks(call.options.method, onProgress));
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

async function measure(call: Call & { kind: "measure" }, onProgress: OnProgress): Promise<void> {
  const masks = await masksInAMinute(async (method) => {
    const options: Asked = { method, filter: "none", ...(call.fit ? { fit: call.fit } : {}) };
    const { milliseconds } = await run(call, options, inMasks(method, onProgress, "measuring the speed"));
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

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const { id } = call;
  const onProgress: OnProgress = (done, total, what) => reply({ id, kind: "progress", done, total, what });
  try {
    await ready;
    if (call.kind === "create") await create(call, onProgress);
    else if (call.kind === "explain") await explain(call, onProgress);
    else if (call.kind === "measure") await measure(call, onProgress);
    else if (call.kind === "judge") await judge(call, onProgress);
    else if (call.kind === "film") await film(call, onProgress);
    else if (call.kind === "stop") {
      if (judging?.id === id) judging.calledOff.abort();
    } else if (call.kind === "refilter") refilter(call);
    else if (call.kind === "labels") reply({ id, kind: "labelled", names: parseLabels(call.bytes) });
    else if (call.kind === "draw") draw(id, call.bird);
    else if (call.kind === "memory") reply({ id, kind: "remembered", memory: await explainer?.memory() });
    else reply({ id, kind: "catalogue", catalogue: { species: species(), methods: Explainer.methods } });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    reply({ id, kind: "failed", name, message });
  }
};

// A trap inside the library's asynchronous code rejects no promise that anyone holds.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

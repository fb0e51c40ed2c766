import init, {
  type Explained as Answered,
  type Bird,
  type BirdPart,
  boxOverlap,
  type CreateOptions,
  drawBird,
  Explainer,
  type ExplainOptions,
  type Explanation,
  filterMap,
  fullColour,
  heatmap,
  type LibraryError,
  maskOverlap,
  type OnProgress,
  parseLabels,
  partImportance,
  type Region,
  rankCorrelation,
  relevanceMass,
  species,
} from "../c3lrp.js";
import { frameFor } from "./frame.js";
import {
  type Answer,
  type Ask,
  type Asked,
  type Call,
  type CallOf,
  type Explained,
  type Film,
  type Following,
  type Kind,
  LEGEND,
  type Mass,
  type PartValue,
  type Pixels,
  type RegionFit,
  type Reply,
  type Truth,
  type Wasm,
  type Weights,
} from "./protocol.js";
import { masksInAMinute } from "./rise.js";

declare const self: DedicatedWorkerGlobalScope;

/** Transfers pixels to the page with the answer; everything else is copied. */
type Move = (...pixels: readonly Uint8ClampedArray<ArrayBuffer>[]) => void;

/** Weights up to this many bytes are read at once: one read per tensor would take longer than all the rest. */
const SMALL = 16e6;
/** Networks up to this many bytes may be loaded a second time, for quick looks at a smaller side. */
const TWICE = 64e6;
/** How many classes the answer about a camera's frame has. */
const TOP = 5;

/** The wasm, or its address; by default beside the library. */
let wasm: Wasm | undefined;
let ready: Promise<unknown> | undefined;
/** The wasm that the page is compiling. */
let coming: Promise<WebAssembly.Module | undefined> | undefined;
let explainer: Explainer | undefined;
/** How the loaded network was made; and the same network at a smaller side, once a quick look is asked for. */
let made: { readonly source: Weights; readonly options: CreateOptions } | undefined;
let lively: { readonly side: number; readonly explainer: Explainer | undefined } | undefined;
let pixels: Pixels | undefined;
/** The current picture, with the library's object that answers questions about it. */
let picture: { readonly pixels: Pixels; readonly fit: Asked["fit"]; readonly answers: Answered } | undefined;
/** Cancels running calls, by their numbers. */
const stops = new Map<number, AbortController>();

async function given(weights: readonly Blob[]): Promise<Blob | Uint8Array | Blob[]> {
  const [only, ...others] = weights;
  if (!only || others.length > 0) return [...weights];
  return only.size <= SMALL ? new Uint8Array(await only.arrayBuffer()) : only;
}

/** Explains the current picture. */
async function run(options: ExplainOptions): Promise<Explanation> {
  if (!explainer || !pixels) throw new Error("The engine has no weights or no picture yet.");
  const { fit } = options;
  if (picture?.pixels === pixels && picture.fit === fit) return await picture.answers.explain(options);
  picture?.answers.free();
  picture = undefined;
  const asked = pixels;
  const answers = await explainer.explain(asked.rgba, asked.width, asked.height, options);
  picture = { pixels: asked, fit, answers };
  return answers;
}

/** The network at another side, if it is small and accepts one; otherwise the loaded network. */
async function atSide(side: number | undefined): Promise<Explainer> {
  if (!explainer || !made) throw new Error("The engine has no weights yet.");
  const { source, options } = made;
  const bytes = source.weights.reduce((sum, { size }) => sum + size, 0);
  if (side === undefined || side === explainer.info.side || bytes > TWICE) return explainer;
  if (lively?.side !== side) {
    lively?.explainer?.free();
    lively = undefined;
    // A network that takes no other side is used at its own.
    const another = Explainer.create(await given(source.weights), { ...options, side, onProgress: () => {} });
    lively = { side, explainer: await another.catch(() => undefined) };
  }
  return lively.explainer ?? explainer;
}

/** An explanation of the current picture, the picture as the network saw it, and its ground truth. */
interface Finding {
  readonly found: Explanation;
  readonly seen: Uint8ClampedArray<ArrayBuffer>;
  readonly truth: Truth | undefined;
}

async function atOwnSide(options: Asked & Following, scores?: Float32Array): Promise<Finding> {
  const found = scores
    ? await (await about(options.fit, options)).explainScores(scores, options)
    : await run(options);
  return { found, seen: picture?.answers.seen() ?? new Uint8ClampedArray(), truth: pixels?.truth };
}

/** Explains at another side, if the network accepts one. The current picture's own explanation is kept. */
async function atAnother(side: number, options: Asked & Following): Promise<Finding> {
  const [network, asked] = [await atSide(side), pixels];
  if (!asked || network === explainer) return await atOwnSide(options);
  const found = await network.explain(asked.rgba, asked.width, asked.height, options);
  try {
    // The masks must cover exactly what the network sees.
    const fits = asked.truth?.whole.length === (explainer?.info.side ?? 0) ** 2;
    const truth = fits && asked.truth ? sampled(asked.truth, found.width) : undefined;
    return { found: { ...found }, seen: found.seen(), truth };
  } finally {
    found.free();
  }
}

/** Masks of a square picture scaled to another side, by the nearest pixel. */
function sampled(truth: Truth, side: number): Truth {
  const of = (mask: Uint8Array): Uint8Array<ArrayBuffer> => {
    const from = Math.sqrt(mask.length);
    const at = (i: number): number => Math.floor(((i + 0.5) * from) / side);
    return Uint8Array.from(
      { length: side * side },
      (_, i) => mask[at(Math.floor(i / side)) * from + at(i % side)] ?? 0,
    );
  };
  const { whole, deciding, tag } = truth;
  return { whole: of(whole), deciding: of(deciding), ...(tag ? { tag: of(tag) } : {}) };
}

const cut = (fit: Asked["fit"]): Pick<Asked, "fit"> => (fit ? { fit } : {});

/** The current picture with this fit. A new worker first has to run it forward, with the fastest method. */
async function about(fit: Asked["fit"], following: Following): Promise<Answered> {
  const known = picture?.pixels === pixels && picture?.fit === fit;
  if (!known) await run({ method: "grad-cam", filter: "none", ...cut(fit), ...following });
  if (!picture) throw new Error("The engine has no picture yet.");
  return picture.answers;
}

const colours = (map: Float32Array): Uint8ClampedArray<ArrayBuffer> =>
  Uint8ClampedArray.from(heatmap(map, "diverging"));

/** The values derived from a map and its filter. The masks cover the picture, so the map must cover exactly the same. */
function kept(
  { map, filtered, region, width }: Pick<Explanation, "map" | "filtered" | "region" | "width">,
  truth: Truth | undefined,
): Pick<Explained, "overlay" | "masses" | "fit"> {
  const masses = (["whole", "deciding", "tag"] as const).flatMap((on): Mass[] => {
    const mask = truth?.[on];
    if (mask?.length !== map.length) return [];
    const area = mask.reduce((a, b) => a + b, 0) / mask.length;
    return [{ on, area, before: relevanceMass(map, mask), after: relevanceMass(filtered, mask) }];
  });
  const overlay = Uint8ClampedArray.from(heatmap(filtered, "overlay"));
  return { overlay, masses, fit: fitOf(region, truth?.whole, width) };
}

/** How well a region agrees with the whole bird. */
function fitOf(
  region: Region | undefined,
  whole: Uint8Array | undefined,
  width: number,
): RegionFit | undefined {
  if (!region || whole?.length !== region.mask.length) return undefined;
  const [mask, box] = [maskOverlap(region.mask, whole), boxOverlap(region.mask, whole, width)];
  return mask === undefined || box === undefined ? undefined : { mask, box };
}

const answers: {
  readonly [K in Kind]: (ask: Ask<K>, following: Following, move: Move) => Answer<K> | Promise<Answer<K>>;
} = {
  async create({ source, device, kernels }, { onProgress }) {
    picture?.answers.free();
    explainer?.free();
    lively?.explainer?.free();
    explainer = picture = lively = made = undefined;
    const { called: name, reading, network, configs, weights } = source;
    const config = configs.map(({ text }) => text);
    const chosen = network === undefined ? {} : { network };
    const options: CreateOptions = { ...reading, ...chosen, name, config, device, kernels, onProgress };
    explainer = await Explainer.create(await given(weights), options);
    made = { source, options: { ...options, device: explainer.info.device } };
    return { kind: "created", info: explainer.info };
  },

  async explain({ side, options, scores }, following, move) {
    const asks = { ...options, ...following };
    const { found, seen, truth } = await (side === undefined
      ? atOwnSide(asks, scores)
      : atAnother(side, asks));
    const { relevance: _, boundaries, ...rest } = found;
    const diverging = colours(rest.map);
    const ramp = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
    const explained: Explained = {
      ...rest,
      device: explainer?.info.device ?? "cpu",
      seen,
      ...kept(rest, truth),
      scale: fullColour(rest.map, "diverging"),
      diverging,
      legend: Uint8ClampedArray.from(heatmap(ramp, "diverging", 1)),
      // The picture's own map is already included, and is sent only once.
      boundaries: boundaries.map((layer) =>
        layer.name === "input"
          ? { ...layer, map: rest.map, colours: diverging }
          : { ...layer, colours: colours(layer.map) },
      ),
    };
    move(diverging, explained.overlay, explained.seen);
    return { kind: "explained", explained };
  },

  async score({ options, first, count }, following) {
    const on = await about(options.fit, following);
    return { kind: "scored", scores: await on.riseScores(first, count, { ...options, ...following }) };
  },

  async relevance({ options }, following) {
    const { relevance } = await run({ ...options, ...following });
    return { kind: "related", relevance };
  },

  async glimpse({ frame, side, options }, { signal }, move) {
    const network = await atSide(side).catch((error: unknown) => {
      frame.close();
      throw error;
    });
    const start = performance.now();
    const { rgba, width, height } = frameFor(frame, network.info.side);
    const found = await network.explain(rgba, width, height, { ...options, signal });
    try {
      const { target, probabilities, filtered, crop } = found;
      const overlay = Uint8ClampedArray.from(heatmap(filtered, "overlay"));
      const top = Array.from(probabilities, (probability, index) => ({ index, probability }))
        .sort((a, b) => b.probability - a.probability || a.index - b.index)
        .slice(0, TOP);
      move(overlay);
      const glimpse = {
        ...{ target, top, overlay, width: found.width, height: found.height },
        crop: {
          x: crop.x / width,
          y: crop.y / height,
          width: crop.width / width,
          height: crop.height / height,
        },
        milliseconds: performance.now() - start,
      };
      return { kind: "glimpsed", glimpse };
    } finally {
      found.free();
    }
  },

  async concepts({ layer, options, top = 6, maps = false }, following, move) {
    const on = await about(options.fit, following);
    const { concepts } = await on.concepts(layer, { ...options, top, ...following });
    const coloured = concepts.map(({ map, ...concept }) => ({
      ...concept,
      colours: colours(map),
      ...(maps ? { map } : {}),
    }));
    move(...coloured.map(({ colours }) => colours));
    return { kind: "found", concepts: coloured };
  },

  async without({ fit, layer, channels }, following) {
    const on = await about(fit, following);
    return { kind: "silenced", probabilities: await on.without(layer, Uint32Array.from(channels)) };
  },

  async parted({ bird: { species, seed, ...options }, map, target, against }, { signal }) {
    const network = explainer;
    if (!network) throw new Error("The engine has no weights yet.");
    const draw = (...without: BirdPart[]) => drawBird(species, seed, { ...options, without });
    // Only the explained class of the fastest method is used.
    const contrast = against === undefined ? {} : { against };
    const asks = { method: "grad-cam", filter: "none", fit: "whole", target, ...contrast, signal } as const;
    const margin = async ({ rgba, side }: Bird): Promise<number> => {
      const found = await network.explain(rgba, side, side, asks);
      found.free();
      return found.margin;
    };
    const whole = draw();
    const [before, sum] = [await margin(whole), map.reduce((a, b) => a + b, 0)];
    const parts: PartValue[] = [];
    for (const [name, mask] of Object.entries(whole.parts)) {
      const part = name as BirdPart;
      const share = partImportance(map, mask, whole.side) / sum;
      parts.push({ part, share, loss: before - (await margin(draw(part))) });
    }
    const [shares, losses] = [parts.map(({ share }) => share), parts.map(({ loss }) => loss)];
    const correlation = rankCorrelation(Float32Array.from(shares), Float32Array.from(losses));
    return { kind: "parted", parted: { parts, correlation } };
  },

  async measure({ fit }, following) {
    const onProgress: OnProgress = (done, total, step) =>
      following.onProgress(done, total, step === "masks" ? "measuring the speed" : step);
    const masks = await masksInAMinute(async (method) => {
      const { milliseconds } = await run({ method, filter: "none", ...cut(fit), ...following, onProgress });
      return milliseconds.backward;
    });
    return { kind: "measured", masks };
  },

  async judge({ fit, map, target, judge }, following) {
    const on = await about(fit, following);
    return { kind: "judged", curves: await on.faithfulness(map, { ...judge, target, ...following }) };
  },

  async film({ fit, map, points, judge }, following, move) {
    const on = await about(fit, following);
    const shots = (direction: keyof Film) => on.film(map, { ...judge, points, direction });
    const film = { insertion: shots("insertion"), deletion: shots("deletion") };
    move(...film.insertion, ...film.deletion);
    return { kind: "filmed", film };
  },

  refilter({ map, width, height, filter, truth }, _, move) {
    const found = filterMap(map, width, height, filter);
    const refiltered = { ...found, ...kept({ map, width, ...found }, truth) };
    move(refiltered.overlay);
    return { kind: "refiltered", refiltered };
  },

  labels: ({ bytes }) => ({ kind: "labelled", names: parseLabels(bytes) }),
  catalogue: () => ({ kind: "catalogue", species: species(), methods: Explainer.methods }),
  memory: async () => ({ kind: "remembered", memory: await explainer?.memory() }),
  draw: ({ bird: { species, seed, ...options } }) => ({
    kind: "drawn",
    bird: drawBird(species, seed, options),
  }),
};

/** Tells the page what was compiled, where modules can be posted. */
function tellCompiled(module: WebAssembly.Module): void {
  try {
    reply({ id: 0, kind: "compiled", module });
  } catch {
    // Further workers fetch it then.
  }
}

/** The library's start compiles what it fetches. Compiled before, the page has it already. */
const { instantiateStreaming } = WebAssembly;
if (instantiateStreaming)
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const compiled = await instantiateStreaming(source, imports);
    tellCompiled(compiled.module);
    return compiled;
  };

/** What the page posts through a port, once; nothing where that can't be read here. */
const comingFrom = (port: MessagePort): Promise<WebAssembly.Module | undefined> =>
  new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<WebAssembly.Module | undefined>) => resolve(data);
    port.onmessageerror = () => resolve(undefined);
  });

async function start(): Promise<unknown> {
  const compiled = await coming;
  coming = undefined;
  if (compiled) tellCompiled(compiled);
  wasm ??= compiled;
  return await init(wasm === undefined ? undefined : { module_or_path: wasm });
}

/** Fetches and starts the library. Whoever asks next retries a failed start. */
function library(): Promise<unknown> {
  ready ??= start().catch((error: unknown) => {
    ready = undefined;
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { name: "NotStarted" });
  });
  return ready;
}

async function answer<K extends Kind>(call: CallOf<K>, following: Following, move: Move): Promise<Answer<K>> {
  await library();
  return await answers[call.kind](call, following, move);
}

const reply = (message: Reply, transfer: Transferable[] = []): void => self.postMessage(message, transfer);

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const { id } = call;
  if (call.kind === "stop") {
    stops.get(id)?.abort();
    return;
  }
  if (call.kind === "begin") {
    coming = comingFrom(call.wasm);
    // The call that needs it tells of a failure.
    library().catch(() => {});
    return;
  }
  if (call.kind === "wasm") {
    wasm = call.wasm;
    return;
  }
  // Kept even if the call fails: later calls leave the pixels out.
  if ("pixels" in call && call.pixels) pixels = call.pixels;
  const onProgress: OnProgress = (done, total, what) => reply({ id, kind: "progress", done, total, what });
  const stop = new AbortController();
  stops.set(id, stop);
  const moved: Transferable[] = [];
  const move: Move = (...pixels) => moved.push(...pixels.map(({ buffer }) => buffer));
  try {
    reply({ id, ...(await answer(call, { onProgress, signal: stop.signal }, move)) }, moved);
  } catch (error) {
    reply({ id, kind: "failed", ...told(error) });
  } finally {
    stops.delete(id);
  }
};

/** The library's errors have a code and parameters besides their English text. */
function told(error: unknown): Pick<Extract<Reply, { kind: "failed" }>, "name" | "what"> {
  const thrown: Error & Partial<Pick<LibraryError, "code" | "params">> =
    error instanceof Error ? error : new Error(String(error));
  const { name, message: text, code = "", params = {} } = thrown;
  return { name, what: { code, params, text } };
}

// A trap inside the library's asynchronous code doesn't reject any promise that we hold.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

reply({ id: 0, kind: "here" });

import {
  type Explained as Answered,
  type CreateOptions,
  Explainer,
  type ExplainOptions,
  type Explanation,
} from "../c3lrp.js";
import type { Asked, Following, Pixels, Truth, Weights } from "./protocol.js";

/** Weights up to this many bytes are read at once: one read per tensor would take longer than all the rest. */
const SMALL = 16e6;
/** Networks up to this many bytes may be loaded a second time, for quick looks at a smaller side. */
const TWICE = 64e6;

/** The loaded network. */
let explainer: Explainer | undefined;
/** How the loaded network was made; and the same network at a smaller side, once a quick look is asked for. */
let made: { readonly source: Weights; readonly options: CreateOptions } | undefined;
let lively: { readonly side: number; readonly explainer: Explainer | undefined } | undefined;
let pixels: Pixels | undefined;
/** The current picture, with the library's object that answers questions about it. */
let picture: { readonly pixels: Pixels; readonly fit: Asked["fit"]; readonly answers: Answered } | undefined;

/** Loads a network in place of the one that was held, with all that belonged to it. */
export async function load(source: Weights, options: CreateOptions): Promise<Explainer> {
  picture?.answers.free();
  explainer?.free();
  lively?.explainer?.free();
  explainer = picture = lively = made = undefined;
  explainer = await Explainer.create(await given(source.weights), options);
  made = { source, options: { ...options, device: explainer.info.device } };
  return explainer;
}

/** The loaded network; undefined without one. */
export const loaded = (): Explainer | undefined => explainer;

/** Makes a picture the current one. */
export function lookAt(at: Pixels): void {
  pixels = at;
}

async function given(weights: readonly Blob[]): Promise<Blob | Uint8Array | Blob[]> {
  const [only, ...others] = weights;
  if (!only || others.length > 0) return [...weights];
  return only.size <= SMALL ? new Uint8Array(await only.arrayBuffer()) : only;
}

/** Explains the current picture. */
export async function run(options: ExplainOptions): Promise<Explanation> {
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
export async function atSide(side: number | undefined): Promise<Explainer> {
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
export interface Finding {
  readonly found: Explanation;
  readonly seen: Uint8ClampedArray<ArrayBuffer>;
  readonly truth: Truth | undefined;
}

/** Explains the current picture at another side, if the network accepts one, or from scores that are known. */
export const find = (options: Asked & Following, side?: number, scores?: Float32Array): Promise<Finding> =>
  side === undefined ? atOwnSide(options, scores) : atAnother(side, options);

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

/** The current picture with this fit. A new worker first has to run it forward, with the fastest method. */
export async function about(fit: Asked["fit"], following: Following): Promise<Answered> {
  const known = picture?.pixels === pixels && picture?.fit === fit;
  if (!known) await run({ method: "grad-cam", filter: "none", ...(fit ? { fit } : {}), ...following });
  if (!picture) throw new Error("The engine has no picture yet.");
  return picture.answers;
}

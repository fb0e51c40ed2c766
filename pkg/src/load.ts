import type { CreateOptions } from "../c3lrp.js";
import type { Dom } from "./dom.js";
import { alone, type DownloadEvents, download, fetchFile } from "./downloads.js";
import type { Explainer } from "./explainer.js";
import { type Fetched, type Loading, loadIn, type Place } from "./loading.js";
import { machine } from "./pool.js";
import type { Followed } from "./progress.js";
import type { Following } from "./protocol.js";
import { lastPart, readSource } from "./source.js";
import { beside, remedy, startedAt } from "./thread.js";

export type {
  Bird,
  BirdOptions,
  BirdPart,
  Boundary,
  Concept,
  Crop,
  Curve,
  DeviceChoice,
  Fact,
  Faithfulness,
  Filtered,
  FilterName,
  FilterOptions,
  Info,
  Kernels,
  MethodInfo,
  MethodName,
  MethodOptionInfo,
  MethodOptions,
  Plan,
  SentenceParam,
  Species,
} from "../c3lrp.js";
export type { LibraryError, Sentence } from "./errors.js";
export type { Explainer } from "./explainer.js";
export type { ConceptOptions, ExplainOptions, Explanation, FaithfulnessOptions } from "./explanation.js";
export type { Overlaid, Overlay } from "./overlay.js";
export type { Followed, Progress } from "./progress.js";
export type { PixelData, Source } from "./source.js";

/** How a network is fetched and loaded, with the options of `Explainer.create` of c3lrp/engine for facts that tensors don't contain. */
export interface LoadOptions extends Omit<CreateOptions, "kernels" | "onProgress">, Followed {
  /**
   * The class names, in the order of the network's outputs, or a file or the address of one with them: one per
   * line, or JSON. The weights file may also have them.
   */
  labels?: readonly string[] | string | URL | Blob;
  /**
   * Whether weights from an address are kept in this browser (Cache Storage), so that an interrupted download
   * resumes and later loads need no download; likewise the kernels measured on a GPU. By default true.
   */
  cache?: boolean;
  /** The hash that the weights must have, in the form of `<script integrity>`: "sha256-…" in base64, or sha384, sha512. */
  integrity?: string;
  /**
   * The address of this package's `dist/worker.js`, or a function that starts it as a module worker, from the page's own
   * origin. Not needed if a bundler finds it, or it is beside this module.
   */
  worker?: string | URL | (() => Dom<"Worker">);
  /**
   * The most workers, each with the weights in its memory; by default as many as help: up to four, fewer where
   * there are fewer cores or little memory, one on a GPU. All but the first start when calls wait, and end when idle.
   */
  workers?: number;
  /** The address of `c3lrp_bg.wasm`; not needed if a bundler finds it, or it is beside the library. */
  wasm?: string | URL;
}

/**
 * Fetches weights and loads them onto a device, in their own worker: a ResNet or a VGG, as safetensors or a PyTorch
 * checkpoint, from an address, a file, or bytes.
 *
 * Fails with `DownloadError`, `WeightsError`, `DeviceError`, `OptionsError`, `LabelsError`, or `WorkerError` if
 * the worker or the wasm can't be started; with the reason of `signal` if that aborts.
 */
export async function load(
  weights: string | URL | Blob | Uint8Array,
  options: LoadOptions = {},
): Promise<Explainer> {
  const { place, loading } = inBrowser(options, beside);
  return await loadIn(place, weights, loading);
}

/** Separates the options for the browser from those for loading; `own` starts the worker by default. @internal */
export function inBrowser(
  { worker, wasm, cache = true, ...loading }: LoadOptions,
  own: () => Worker,
): { place: Place; loading: Loading } {
  const start = (): Worker => {
    if (worker === undefined) return own();
    return typeof worker === "function" ? worker() : startedAt(worker);
  };
  const place = {
    start,
    remedy: remedy(worker),
    wasm: wasm === undefined ? undefined : addressOf(wasm).href,
    machine: machine(),
    fetch: fetched,
    read: readSource,
  };
  return { place, loading: { ...loading, cache } };
}

const addressOf = (url: string | URL): URL => new URL(url, globalThis.document?.baseURI ?? location.href);

async function fetched(
  weights: string | URL,
  { signal, onProgress }: Following,
  cache: boolean,
): Promise<Fetched> {
  const { href, protocol } = addressOf(weights);
  const events: DownloadEvents = {
    onBytes: (done, total) => onProgress(done, total, "downloading"),
    onWord: ({ text }) => console.info(text),
  };
  // An address without a server needs no cache.
  const kept = cache && /^https?:$/.test(protocol);
  const file = kept
    ? await alone(
        href,
        signal,
        () => {},
        () => download(href, events, signal),
      )
    : await fetchFile(href, events, signal);
  return { file, called: lastPart(href), url: href };
}

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

/** How a network is fetched and loaded; what tensors don't tell can be said as to `Explainer.create` of c3lrp/engine. */
export interface LoadOptions extends Omit<CreateOptions, "kernels" | "onProgress">, Followed {
  /**
   * The classes' names, in the order of the network's outputs, or a file or the address of one that has them: a line
   * each, or JSON. The weights' file may have them as well.
   */
  labels?: readonly string[] | string | URL | Blob;
  /**
   * Whether weights from an address are kept in this browser (Cache Storage), so that a download that broke off goes
   * on where it was and a later one needs no network, and what is measured of a GPU as well; true.
   */
  cache?: boolean;
  /** The hash that the weights must have, as `<script integrity>` has it: "sha256-…" in base64, or sha384, sha512. */
  integrity?: string;
  /**
   * Where `dist/worker.js` of this package is, or what starts it as a worker: a module of the page's own origin. Absent
   * where a bundler finds it, or it lies beside this module.
   */
  worker?: string | URL | (() => Dom<"Worker">);
  /**
   * How many workers at most, each with the weights in its memory; as many as help if absent: up to four, fewer where
   * there are fewer cores or little memory, one on a GPU. All but the first start when calls wait, and end when idle.
   */
  workers?: number;
  /** Where `c3lrp_bg.wasm` is; absent where a bundler finds it, or it lies beside the library. */
  wasm?: string | URL;
}

/**
 * Fetches weights and loads them to a device, in a worker of their own: a ResNet or a VGG, as safetensors or a PyTorch
 * checkpoint, from an address, a file, or bytes.
 *
 * Fails with `DownloadError`, `WeightsError`, `DeviceError`, `OptionsError`, `LabelsError`, or `WorkerError` where
 * the worker or the wasm can't be started; and with the reason of `signal`, once that aborts.
 */
export async function load(
  weights: string | URL | Blob | Uint8Array,
  options: LoadOptions = {},
): Promise<Explainer> {
  const { place, loading } = inBrowser(options, beside);
  return await loadIn(place, weights, loading);
}

/** Where a browser loads, and what; `own` starts the worker where nobody says. @internal */
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
  // What has no server needs no keeping.
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

import type { CreateOptions } from "../c3lrp.js";
import { alone, check, type DownloadEvents, download, fetchFile } from "./downloads.js";
import { Engine } from "./engine.js";
import { LibraryError, sentence } from "./errors.js";
import { type Explainer, explainerOf } from "./explainer.js";
import { type Followed, told } from "./progress.js";
import { Session } from "./session.js";
import { lastPart } from "./source.js";

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
  /** The classes' names, in the order of the network's outputs; the weights' file may have them. */
  labels?: readonly string[];
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
  worker?: string | URL | (() => Worker);
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
  const { labels, cache = true, integrity, worker = beside, wasm, signal, onProgress, ...creating } = options;
  const { device = "auto", name, config = [], network, ...reading } = creating;
  const following = { signal: signal ?? new AbortController().signal, onProgress: told(onProgress) };
  let session: Session | undefined;
  const start = (): Worker => {
    try {
      return typeof worker === "function" ? worker() : new Worker(worker, { type: "module" });
    } catch (cause) {
      throw new LibraryError("WorkerError", sentence("not-started", {}), { cause });
    }
  };
  const engine = new Engine(
    start,
    {
      onLostGpu: () => {
        if (session) session.on = { ...session.on, device: "cpu" };
      },
      onLoaded: (info) => {
        if (session) session.info = info;
      },
    },
    { keeps: cache, wasm: wasm && addressOf(wasm).href },
  );
  try {
    following.signal.throwIfAborted();
    const { file, called } = await fetched(weights, following, cache, integrity);
    const configs = [config].flat().map((text) => ({ text }));
    const on = {
      network: { id: 1, called: name ?? called, weights: [file], configs, reading, network },
      device,
    };
    const { info, lost } = await engine.load(on, following);
    if (labels && labels.length !== info.classes) {
      const counts = { names: labels.length, classes: info.classes };
      throw new LibraryError("LabelsError", sentence("labels-count", counts));
    }
    session = new Session(engine, lost ? { ...on, device: "cpu" } : on, info, labels ?? info.labels);
    return explainerOf(session);
  } catch (error) {
    engine.close();
    signal?.throwIfAborted();
    throw error;
  }
}

/** The worker beside this module: so written that bundlers see it. */
const beside = (): Worker => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

const addressOf = (url: string | URL): URL => new URL(url, globalThis.document?.baseURI ?? location.href);

/** The weights as a file, with its name. */
async function fetched(
  weights: string | URL | Blob | Uint8Array,
  {
    signal,
    onProgress,
  }: { signal: AbortSignal; onProgress(done: number, total: number, what: string): void },
  cache: boolean,
  integrity: string | undefined,
): Promise<{ file: Blob; called: string }> {
  const held = async (file: Blob, called: string, url?: string) => {
    if (integrity !== undefined) await check(file, integrity, called, url);
    return { file, called };
  };
  if (weights instanceof Blob) return await held(weights, "name" in weights ? String(weights.name) : "");
  if (weights instanceof Uint8Array) return await held(new Blob([weights.slice()]), "");
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
  return await held(file, lastPart(href), href);
}

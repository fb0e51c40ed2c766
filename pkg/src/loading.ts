import type { CreateOptions } from "../c3lrp.js";
import { check } from "./downloads.js";
import type { Engine } from "./engine.js";
import { LibraryError, sentence } from "./errors.js";
import { type Explainer, explainerOf } from "./explainer.js";
import type { Decoded } from "./picture.js";
import { type Crew, Pool } from "./pool.js";
import { type Followed, told } from "./progress.js";
import type { Following, Wasm } from "./protocol.js";
import { Session } from "./session.js";
import type { Source } from "./source.js";

/** Weights as passed to `load`. @internal */
export type Given = string | URL | Blob | Uint8Array;

/** Weights as a file, with its name and the address under which it is kept. @internal */
export interface Fetched {
  readonly file: Blob;
  readonly called: string;
  readonly url?: string | undefined;
}

/** What differs between Node and a browser. @internal */
export interface Place {
  start(): Worker;
  /** The advice in the error if the worker doesn't start. */
  readonly remedy: string;
  readonly wasm: Wasm | undefined;
  readonly machine: Pick<Crew, "cores" | "memory">;
  fetch(weights: string | URL, following: Following, cache: boolean): Promise<Fetched>;
  /** Reads a picture as it is now. */
  read(source: Source, signal: AbortSignal): Promise<Decoded>;
}

/** Options for loading a network, besides the platform's. @internal */
export interface Loading extends Omit<CreateOptions, "kernels" | "onProgress">, Followed {
  readonly labels?: readonly string[] | string | URL | Blob | undefined;
  readonly cache: boolean;
  readonly integrity?: string | undefined;
  readonly workers?: number | undefined;
}

/** Fetches weights and loads them onto a device, in their own worker. @internal */
export async function loadIn(place: Place, weights: Given, options: Loading): Promise<Explainer> {
  return explainerOf(await sessionIn(place, weights, options), place.read);
}

/** As `loadIn`, but returns the session, for more kinds of calls. @internal */
export async function sessionIn(place: Place, weights: Given, options: Loading): Promise<Session> {
  const { labels, cache, integrity, workers, signal, onProgress, ...creating } = options;
  const { device = "auto", name, config = [], network, ...reading } = creating;
  const following = { signal: signal ?? new AbortController().signal, onProgress: told(onProgress) };
  let session: Session | undefined;
  const start = (): Worker => {
    try {
      return place.start();
    } catch (cause) {
      throw new LibraryError("WorkerError", sentence("not-started", place), { cause });
    }
  };
  if (workers !== undefined && !(Number.isInteger(workers) && workers > 0))
    throw new LibraryError("OptionsError", sentence("workers-count", { workers: String(workers) }));
  const pool = new Pool(
    start,
    {
      onLostGpu: () => {
        if (session) session.on = { ...session.on, device: "cpu" };
      },
      onLoaded: (info) => {
        if (session) session.info = info;
      },
    },
    { ...place.machine, workers },
    { keeps: cache, wasm: place.wasm, remedy: place.remedy },
  );
  const engine = pool.first;
  try {
    following.signal.throwIfAborted();
    const { file, called, url } = await taken(place, weights, following, cache);
    if (integrity !== undefined) await check(file, integrity, called, url);
    const configs = [config].flat().map((text) => ({ text }));
    const on = {
      network: { id: 1, called: name ?? called, weights: [file], configs, reading, network },
      device,
    };
    const { info, lost } = await engine.load(on, following);
    const names = labels === undefined ? info.labels : await named(place, labels, following, engine);
    if (labels !== undefined && names && names.length !== info.classes) {
      const counts = { names: names.length, classes: info.classes };
      throw new LibraryError("LabelsError", sentence("labels-count", counts));
    }
    session = new Session(pool, lost ? { ...on, device: "cpu" } : on, info, names);
    return session;
  } catch (error) {
    pool.close();
    signal?.throwIfAborted();
    throw error;
  }
}

async function taken(place: Place, weights: Given, following: Following, cache: boolean): Promise<Fetched> {
  if (weights instanceof Blob)
    return { file: weights, called: "name" in weights ? String(weights.name) : "" };
  if (weights instanceof Uint8Array) return { file: new Blob([weights.slice()]), called: "" };
  return await place.fetch(weights, following, cache);
}

/** The class names; the library parses them if they are in a file. */
async function named(
  place: Place,
  labels: Exclude<Loading["labels"], undefined>,
  following: Following,
  engine: Engine,
): Promise<readonly string[]> {
  if (Array.isArray(labels)) return labels;
  const from = labels as string | URL | Blob;
  const file = from instanceof Blob ? from : (await place.fetch(from, following, false)).file;
  return await engine.parseLabels(new Uint8Array(await file.arrayBuffer()));
}

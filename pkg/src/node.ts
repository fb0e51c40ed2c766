import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { Worker as NodeWorker } from "node:worker_threads";
import { fetchFile } from "./downloads.js";
import { LibraryError, sentence } from "./errors.js";
import type { Explainer } from "./explainer.js";
import type { LoadOptions } from "./load.js";
import { type Fetched, type Loading, loadIn, type Place } from "./loading.js";
import type { Decoded } from "./picture.js";
import type { Following, Reply } from "./protocol.js";
import { lastPart, type PixelData, type Source, taken } from "./source.js";

/**
 * `load` for Node: weights come from a path, an address, a `Blob` or bytes; the network runs on the CPU, in its own
 * thread; nothing is kept. Pictures are `{ data, width, height }`.
 */
export async function load(
  weights: string | URL | Blob | Uint8Array,
  options: LoadOptions = {},
): Promise<Explainer> {
  const { place, loading } = await inNode(options);
  return await loadIn(place, weights, loading);
}

/** Separates the options for Node from those for loading. @internal */
export async function inNode({ worker: _, wasm, cache: __, ...loading }: LoadOptions): Promise<{
  place: Place;
  loading: Loading;
}> {
  const place = {
    start: threadOf,
    remedy:
      "It is dist/thread-node.js of this package, beside dist/node.js; a bundler has to leave both where they are.",
    wasm: await compiled(wasm ?? new URL("../c3lrp_bg.wasm", import.meta.url)),
    machine: { cores: availableParallelism(), memory: totalmem() / 2 ** 30 },
    fetch: fetched,
    read,
  };
  return { place, loading: { ...loading, cache: false } };
}

let known: { readonly address: string; readonly module: Promise<WebAssembly.Module> } | undefined;

/** The wasm, compiled once for all explainers. */
async function compiled(address: string | URL): Promise<WebAssembly.Module> {
  if (known?.address !== String(address)) {
    const module = bytesOf(address).then((bytes) => WebAssembly.compile(bytes));
    known = { address: String(address), module };
  }
  return await known.module.catch((cause: unknown) => {
    known = undefined;
    throw new LibraryError("WorkerError", sentence("wasm-not-started", {}), { cause });
  });
}

const isRemote = (address: string | URL): boolean => /^(https?|data|blob):/.test(String(address));

/** A path may be a plain path or a file address. */
const pathOf = (address: string | URL): string | URL =>
  String(address).startsWith("file:") ? new URL(address) : address;

async function bytesOf(address: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  if (!isRemote(address)) return await readFile(pathOf(address));
  return new Uint8Array(await (await fetch(address)).arrayBuffer());
}

async function fetched(weights: string | URL, { signal, onProgress }: Following): Promise<Fetched> {
  const called = lastPart(String(weights).replaceAll("\\", "/"));
  if (isRemote(weights)) {
    const onBytes = (done: number, total: number): void => onProgress(done, total, "downloading");
    return { file: await fetchFile(String(weights), { onBytes }, signal), called };
  }
  const bytes = await readFile(pathOf(weights)).catch((cause: unknown) => {
    throw new LibraryError("DownloadError", sentence("weights-unreadable", { name: String(weights) }), {
      cause,
    });
  });
  return { file: new Blob([bytes]), called };
}

async function read(source: Source): Promise<Decoded> {
  if (typeof source === "string" || source instanceof URL || source instanceof Blob)
    throw new LibraryError("PictureError", sentence("picture-node", {}));
  // `taken` reports everything else.
  return taken(source as PixelData);
}

/** A Node thread with the parts of a browser's worker that the engine uses. */
function threadOf(): Worker {
  const thread = new NodeWorker(new URL("./thread-node.js", import.meta.url));
  const worker: Pick<Worker, "onmessage" | "onerror" | "postMessage" | "terminate"> = {
    onmessage: null,
    onerror: null,
    postMessage: (call: unknown) => thread.postMessage(call),
    terminate: () => void thread.terminate(),
  };
  const asked = worker as Worker;
  thread.on("message", (data: Reply) => asked.onmessage?.({ data } as MessageEvent<Reply>));
  thread.on("error", ({ message }) => asked.onerror?.({ message, preventDefault: () => {} } as ErrorEvent));
  return asked;
}

import type { Explainer } from "./explainer.js";
import { inBrowser, type LoadOptions } from "./load.js";
import { loadIn } from "./loading.js";

export type * from "./load.js";

/** Filled in by www/inline.js: the worker as one module, and the wasm, gzipped, in base64. */
declare const WORKER_SOURCE: string;
declare const WASM_SOURCE: string;

/**
 * `load` of c3lrp with everything in one file. The worker is started from a `blob:`, which a policy must allow:
 * `worker-src blob:`.
 */
export async function load(
  weights: string | URL | Blob | Uint8Array,
  options: Omit<LoadOptions, "wasm"> = {},
): Promise<Explainer> {
  const { place, loading } = inBrowser(options, started);
  return await loadIn({ ...place, wasm: await compiled() }, weights, loading);
}

function started(): Worker {
  const address = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}

let wasm: Promise<WebAssembly.Module> | undefined;

function compiled(): Promise<WebAssembly.Module> {
  wasm ??= (async () => {
    const packed = Uint8Array.from(atob(WASM_SOURCE), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await WebAssembly.compile(await new Response(stream).arrayBuffer());
  })();
  return wasm;
}

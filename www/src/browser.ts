import workerUrl from "c3lrp/worker?worker&url";
import { firstWorker } from "./early";
import { UserError } from "./errors";
import { lightest } from "./lightest";
import { moduleWorker } from "./workers";

/** A module whose one function needs SIMD: (func (result v128) i32.const 0 i8x16.splat). */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);

/** The required features that this browser lacks. */
export function lacking() {
  const lacks: ("wasm" | "simd" | "canvas")[] = [];
  if (typeof WebAssembly === "undefined") lacks.push("wasm");
  else if (!WebAssembly.validate(SIMD)) lacks.push("simd");
  if (typeof OffscreenCanvas === "undefined" || !new OffscreenCanvas(1, 1).getContext("2d"))
    lacks.push("canvas");
  return lacks;
}

/** Starts the package's worker. */
export const startWorker = (): Worker => started(workerUrl);

/** Starts the worker that opens the page. Its light library can't use the GPU, and loads in half the time. */
export const startLight = (): Worker => firstWorker() ?? started(lightest().worker);

function started(url: string): Worker {
  const worker = moduleWorker(url);
  if (worker) return worker;
  throw new UserError(({ t }) => t.errors.browser([t.errors.lacks.workers]));
}

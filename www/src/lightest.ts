import lightWasm from "../light/light_bg.wasm?url";
import relaxedWasm from "../light/light-relaxed_bg.wasm?url";
import lightWorker from "./light?worker&url";
import relaxedWorker from "./light-relaxed?worker&url";

/** A module whose one function needs relaxed-simd: (func (result v128) … f32x4.relaxed_madd) of three zeros. */
const RELAXED = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
);

/** Whether the browser's WebAssembly multiplies and adds at once, which the CPU's products are a fifth faster with. */
const hasRelaxed = (): boolean => typeof WebAssembly !== "undefined" && WebAssembly.validate(RELAXED);

/** The addresses of the worker that opens the page, with the light library that is the fastest here, and of its wasm. */
export const lightest = (): { readonly worker: string; readonly wasm: string } =>
  hasRelaxed() ? { worker: relaxedWorker, wasm: relaxedWasm } : { worker: lightWorker, wasm: lightWasm };

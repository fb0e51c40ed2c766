import lightUrl from "./light?worker&url";
import relaxedUrl from "./light-relaxed?worker&url";

/** A module whose one function needs relaxed-simd: (func (result v128) … f32x4.relaxed_madd) of three zeros. */
const RELAXED = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
);

/** Whether the browser's WebAssembly multiplies and adds at once, which the CPU's products are a fifth faster with. */
const hasRelaxed = (): boolean => typeof WebAssembly !== "undefined" && WebAssembly.validate(RELAXED);

/** The address of the worker that opens the page, with the light library that is the fastest here. */
export const lightestUrl = (): string => (hasRelaxed() ? relaxedUrl : lightUrl);

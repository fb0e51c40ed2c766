/** Maps that know nothing of the picture: what a map has to beat. */
export interface Baseline {
  readonly id: string;
  readonly map: Float32Array;
}

let last: { readonly size: string; readonly made: readonly Baseline[] } | undefined;

/** Equal everywhere, and a Gaussian in the middle; the same arrays as long as the size is the same. */
export function baselines(width: number, height: number): readonly Baseline[] {
  const size = `${width}×${height}`;
  if (last?.size !== size) last = { size, made: [uniform(width, height), gaussian(width, height)] };
  return last.made;
}

const uniform = (width: number, height: number): Baseline => ({
  id: "uniform",
  map: new Float32Array(width * height).fill(1),
});

/** Its standard deviation is a quarter of each side, as in the library's evaluation. */
function gaussian(width: number, height: number): Baseline {
  const off = (at: number, side: number): number => ((at - (side - 1) / 2) / (side / 4)) ** 2;
  const map = Float32Array.from({ length: width * height }, (_, at) =>
    Math.exp(-(off(at % width, width) + off(Math.floor(at / width), height)) / 2),
  );
  return { id: "gaussian", map };
}

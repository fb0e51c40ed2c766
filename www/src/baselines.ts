type Maps = Readonly<Record<string, Float32Array>>;

let last: { readonly size: string; readonly maps: Maps } = { size: "", maps: {} };

/**
 * Baseline maps that are independent of the picture: uniform, and a Gaussian in the centre. The same size gives the
 * same arrays.
 */
export function baselines(width: number, height: number): Maps {
  const size = `${width}×${height}`;
  if (last.size === size) return last.maps;
  const uniform = new Float32Array(width * height).fill(1);
  // Its standard deviation is a quarter of each side, as in the library's evaluation.
  const off = (at: number, side: number): number => ((at - (side - 1) / 2) / (side / 4)) ** 2;
  const gaussian = uniform.map((_, at) =>
    Math.exp(-(off(at % width, width) + off(Math.floor(at / width), height)) / 2),
  );
  last = { size, maps: { uniform, gaussian } };
  return last.maps;
}

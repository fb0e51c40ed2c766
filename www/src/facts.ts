/** Whether the filter left nothing of a map, so that it has no order. */
export const blank = (map: Float32Array): boolean => map.every((value) => value === 0);

/** The share of the pixels that have the value which most have. */
export function equals(map: Float32Array): number {
  const sorted = map.slice().sort();
  let [most, from] = [0, 0];
  for (let at = 1; at <= sorted.length; at++) {
    if (sorted[at] === sorted[from]) continue;
    most = Math.max(most, at - from);
    from = at;
  }
  return most / map.length;
}

/**
 * The pointing game: whether a map's largest value lies in the mask. Where several pixels share it, the share
 * of them that does.
 */
export function pointing(map: Float32Array, mask: Uint8Array): number {
  const most = map.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let [hits, all] = [0, 0];
  for (const [at, value] of map.entries()) {
    if (value !== most) continue;
    all++;
    if (mask[at]) hits++;
  }
  return hits / all;
}

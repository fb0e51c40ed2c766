/** Remembers what was counted for a map, because every state asks for it again. */
export function once<T>(count: (map: Float32Array) => T): (map: Float32Array) => T {
  const known = new WeakMap<Float32Array, { readonly value: T }>();
  return (map) => {
    const found = known.get(map) ?? { value: count(map) };
    known.set(map, found);
    return found.value;
  };
}

/** Whether the filter left nothing of a map, so that it has no order. */
export const blank = once((map) => map.every((value) => value === 0));

/** The share of the pixels that have the most frequent value. */
export const tiedShare = once((map) => {
  const sorted = map.slice().sort();
  let [most, from] = [0, 0];
  for (let at = 1; at <= sorted.length; at++) {
    if (sorted[at] === sorted[from]) continue;
    most = Math.max(most, at - from);
    from = at;
  }
  return most / map.length;
});

/**
 * The pointing game: whether a map's largest value lies in the mask. Where several pixels share it, the share
 * of them that does.
 */
export function pointing(map: Float32Array, mask: Uint8Array): number {
  const most = map.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const places = [...map.keys()].filter((at) => map[at] === most);
  return places.filter((at) => mask[at]).length / places.length;
}

/** The facts of a relevance map, for people who can't see its colours. */
export interface MapFacts {
  /** The share of all relevance that speaks for the class. */
  readonly forShare: number;
  /** The ninth of the map with the most positive relevance, row by row from 0, and its part of that; none without any. */
  readonly place: number | undefined;
  readonly placeShare: number;
  /** The share of the map's area that the filter keeps. */
  readonly keptShare: number;
  /** The largest magnitude in the map. */
  readonly strongest: number;
  /** Relevance in each ninth as a share of all |relevance|, row by row. */
  readonly ninths: readonly number[];
}

export function mapFacts(map: Float32Array, mask: Uint8Array, width: number, height: number): MapFacts {
  const [plus, minus] = [new Float64Array(9), new Float64Array(9)];
  // A loop by index: this runs between an answer and its drawing.
  for (let y = 0, i = 0; y < height; y++) {
    const row = 3 * Math.floor((3 * y) / height);
    for (let x = 0; x < width; x++, i++) {
      const value = map[i] ?? 0;
      const cell = row + Math.floor((3 * x) / width);
      if (value > 0) plus[cell] = (plus[cell] ?? 0) + value;
      else minus[cell] = (minus[cell] ?? 0) - value;
    }
  }
  const sum = (list: Float64Array): number => list.reduce((a, b) => a + b, 0);
  const [all, up] = [sum(plus) + sum(minus), sum(plus)];
  const best = plus.reduce((top, value, cell) => (value > (plus[top] ?? 0) ? cell : top), 0);
  return {
    forShare: all > 0 ? up / all : 0,
    place: up > 0 ? best : undefined,
    placeShare: up > 0 ? (plus[best] ?? 0) / up : 0,
    keptShare: mask.reduce((a, b) => a + b, 0) / mask.length,
    strongest: strongest(map),
    ninths: Array.from(plus, (value, cell) => (all > 0 ? (value - (minus[cell] ?? 0)) / all : 0)),
  };
}

export const strongest = (map: Float32Array): number => map.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

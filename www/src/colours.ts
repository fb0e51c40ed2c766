import { type Explained, LEGEND } from "c3lrp/client";
import { once } from "./facts";

/** The colour scales that maps can be shown in. */
export const SCALES = ["red-blue", "orange-purple", "lightness"] as const;
export type Scale = (typeof SCALES)[number];

type Colour = readonly [number, number, number];
type Bytes = Uint8ClampedArray<ArrayBuffer>;

/** Colours at equal steps of −1…1, and the overlay's at equal steps of 0…1. */
interface Ramp {
  readonly signed: readonly Colour[];
  readonly over: readonly Colour[];
}

/**
 * ColorBrewer's PuOr by Cynthia Brewer, from matplotlib (`_cm.py`), which colour-blind people can read too:
 * purple is against the class, orange for it.
 */
const ORANGE_PURPLE: readonly Colour[] = [
  [45, 0, 75],
  [84, 39, 136],
  [128, 115, 172],
  [178, 171, 210],
  [216, 218, 235],
  [247, 247, 247],
  [254, 224, 182],
  [253, 184, 99],
  [224, 130, 20],
  [179, 88, 6],
  [127, 59, 8],
];

/**
 * Nine equal steps of cividis (Nuñez, Anderton and Renslow 2018), from matplotlib (`_cm_listed.py`, CC0): its lightness
 * always rises, so it works for every kind of colour vision, and in black and white.
 */
const CIVIDIS: readonly Colour[] = [
  [0, 34, 78],
  [26, 56, 111],
  [67, 78, 108],
  [97, 101, 111],
  [125, 124, 120],
  [155, 148, 118],
  [188, 174, 108],
  [222, 201, 88],
  [254, 232, 56],
];

/** The library's own colours (`src/heatmap.rs`): ColorBrewer's RdBu, and yellow to red over the picture. */
const RED_BLUE: Ramp = {
  signed: [
    [33, 102, 172],
    [67, 147, 195],
    [146, 197, 222],
    [209, 229, 240],
    [247, 247, 247],
    [253, 219, 199],
    [244, 165, 130],
    [214, 96, 77],
    [178, 24, 43],
  ],
  over: [
    [255, 237, 160],
    [254, 217, 118],
    [253, 141, 60],
    [227, 26, 28],
    [160, 0, 38],
  ],
};

const RAMPS: Readonly<Record<Scale, Ramp>> = {
  "red-blue": RED_BLUE,
  "orange-purple": { signed: ORANGE_PURPLE, over: ORANGE_PURPLE.slice(5) },
  lightness: { signed: CIVIDIS, over: CIVIDIS },
};

/** The overlay's opacity at equal steps of 0…1, in 255ths, as in the library. */
const OPACITIES = [0, 130, 190, 225, 240].map((opacity) => [opacity] as const);
/** The share of a map's values that don't saturate, as in the library. */
const SHOWN = 0.995;

/** The magnitude that gets a map's full colour. */
export const fullColour = once((map) => {
  const sizes = map.map(Math.abs).sort();
  return sizes[Math.ceil((sizes.length - 1) * SHOWN)] || (sizes.at(-1) ?? 0);
});

/** The value that gets the overlay's full colour. */
export const fullOver = once((map) => map.reduce((a, b) => Math.max(a, b), 0));

/** A map in a scale's colours, four bytes per value: negative values against the class, positive ones for it. */
export function signedColours(map: Float32Array, scale: Scale, full: number): Bytes {
  const { signed } = RAMPS[scale];
  return painted(map, full, (x) => [...between(signed, (within(x, -1, 1) + 1) / 2), 255]);
}

/** The positive relevance as an overlay for the picture. */
export function overColours(map: Float32Array, scale: Scale, full: number): Bytes {
  const { over } = RAMPS[scale];
  return painted(map, full, (x) => {
    const at = within(x, 0, 1);
    return [...between(over, at), ...between(OPACITIES, at)];
  });
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

function painted(map: Float32Array, full: number, colour: (x: number) => readonly number[]): Bytes {
  const rgba = new Uint8ClampedArray(4 * map.length);
  for (const [at, value] of map.entries()) {
    const x = Math.fround(value / (full > 0 ? full : 1));
    // NaN stays transparent.
    if (Number.isFinite(x)) rgba.set(colour(x), 4 * at);
  }
  return rgba;
}

/** The colour at `x` of 0…1 between stops at equal steps. */
function between(stops: readonly (readonly number[])[], x: number): number[] {
  const place = x * (stops.length - 1);
  const lower = Math.min(Math.floor(place), stops.length - 2);
  const [a = [], b = []] = [stops[lower], stops[lower + 1]];
  return a.map((value, i) => Math.round(value + (place - lower) * ((b[i] ?? value) - value)));
}

type Colouring = (map: Float32Array, scale: Scale, full: number) => Bytes;

/** Remembers the last colours of each map, because every state asks for them again. */
function kept(colour: Colouring): Colouring {
  const known = new WeakMap<
    Float32Array,
    { readonly scale: Scale; readonly full: number; readonly bytes: Bytes }
  >();
  return (map, scale, full) => {
    const found = known.get(map);
    if (found?.scale === scale && found.full === full) return found.bytes;
    const bytes = colour(map, scale, full);
    known.set(map, { scale, full, bytes });
    return bytes;
  };
}

const [signed, over] = [kept(signedColours), kept(overColours)];

/** Something with a map and the library's colours of it. */
interface Coloured {
  readonly map?: Float32Array;
  readonly colours: Bytes;
}

/** A layer's map in a scale's colours. */
export const layerColours = ({ map, colours }: Coloured, scale: Scale): Bytes =>
  scale === "red-blue" || !map ? colours : signed(map, scale, fullColour(map));

/** An explanation's whole map in a scale's colours; `full` where it shares the scale with others. */
export const mapColours = (
  { map, diverging }: Pick<Explained, "map" | "diverging">,
  scale: Scale,
  full?: number,
): Bytes =>
  scale === "red-blue" && full === undefined ? diverging : signed(map, scale, full ?? fullColour(map));

/** An explanation's filtered map as an overlay in a scale's colours. */
export const overlayColours = (
  { filtered, overlay }: Pick<Explained, "filtered" | "overlay">,
  scale: Scale,
  full?: number,
): Bytes =>
  scale === "red-blue" && full === undefined ? overlay : over(filtered, scale, full ?? fullOver(filtered));

/** The steps of a legend. */
const STEPS = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
/** A scale's colours from negative to positive, one row of `LEGEND` pixels. */
export const legendColours = (scale: Scale): Bytes => signed(STEPS, scale, 1);

const KEY = "c3lrp-colours";

/** The scale that was chosen at an earlier visit, or the library's. */
export function firstScale(): Scale {
  try {
    const kept = localStorage.getItem(KEY);
    return SCALES.find((scale) => scale === kept) ?? "red-blue";
  } catch {
    return "red-blue";
  }
}

/** Keeps a choice for the next visit, if the browser allows it. */
export function keepScale(scale: Scale): void {
  try {
    localStorage.setItem(KEY, scale);
  } catch {
    // Then it is chosen again next time.
  }
}

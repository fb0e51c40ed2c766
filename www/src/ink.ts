import type { Pixels, Size } from "c3lrp/client";

/** What is painted with: one colour, or the pixels of a picture of the same size. */
export type Ink =
  | { readonly colour: readonly [red: number, green: number, blue: number] }
  | { readonly pixels: Uint8ClampedArray<ArrayBuffer> };

/** Remembers what was made from a picture, by its pixels. */
function once<T>(make: (picture: Pixels) => T): (picture: Pixels) => T {
  const known = new WeakMap<Pixels["rgba"], { readonly value: T }>();
  return (picture) => {
    const found = known.get(picture.rgba) ?? { value: make(picture) };
    known.set(picture.rgba, found);
    return found.value;
  };
}

/** A picture's mean colour, weighted by opacity; black if all pixels are transparent. */
export const meanColour = once(({ rgba }): readonly [number, number, number] => {
  let [red, green, blue, all] = [0, 0, 0, 0];
  for (let at = 0; at < rgba.length; at += 4) {
    const opaque = rgba[at + 3] ?? 0;
    red += opaque * (rgba[at] ?? 0);
    green += opaque * (rgba[at + 1] ?? 0);
    blue += opaque * (rgba[at + 2] ?? 0);
    all += opaque;
  }
  const mean = (sum: number): number => Math.round(sum / (all || 1));
  return [mean(red), mean(green), mean(blue)];
});

/** The reach of the blur's box as a share of the shorter side; three boxes approximate a Gaussian. */
const BLUR = 0.05;

/** A blurred picture: three box filters in a row, with the edge pixels repeated outside. */
export const blurred = once(({ width, height, rgba }): Uint8ClampedArray<ArrayBuffer> => {
  const reach = Math.max(1, Math.round(BLUR * Math.min(width, height)));
  let values = Float32Array.from(rgba);
  for (let pass = 0; pass < 3; pass++) {
    values = means(values, { count: height, apart: 4 * width, length: width, step: 4 }, reach);
    values = means(values, { count: width, apart: 4, length: height, step: 4 * width }, reach);
  }
  return Uint8ClampedArray.from(values);
});

/** Lines through a picture's values: their count, their distance, their length, and the step along them. */
interface Lines {
  readonly count: number;
  readonly apart: number;
  readonly length: number;
  readonly step: number;
}

/** Each value's mean over its neighbours in its line, `reach` on each side. */
function means(values: Float32Array<ArrayBuffer>, lines: Lines, reach: number): Float32Array<ArrayBuffer> {
  const { count, apart, length, step } = lines;
  const result = new Float32Array(values.length);
  for (let line = 0; line < count; line++) {
    for (let colour = 0; colour < 4; colour++) {
      const from = line * apart + colour;
      const value = (at: number): number => values[from + step * Math.min(length - 1, Math.max(0, at))] ?? 0;
      let sum = 0;
      for (let at = -reach; at <= reach; at++) sum += value(at);
      for (let at = 0; at < length; at++) {
        result[from + step * at] = sum / (2 * reach + 1);
        sum += value(at + reach + 1) - value(at - reach);
      }
    }
  }
  return result;
}

/** A picture cropped around its middle and scaled to another's size, with interpolation. */
export function fittedTo(picture: Pixels, { width, height }: Size): Pixels {
  if (picture.width === width && picture.height === height) return picture;
  const scale = Math.min(picture.width / width, picture.height / height);
  const [left, top] = [(picture.width - scale * width) / 2, (picture.height - scale * height) / 2];
  const rgba = new Uint8ClampedArray(4 * width * height);
  const along = (at: number, from: number, size: number) => {
    const middle = Math.min(size - 1, Math.max(0, from + (at + 0.5) * scale - 0.5));
    const first = Math.floor(middle);
    return { first, second: Math.min(size - 1, first + 1), part: middle - first };
  };
  for (let y = 0; y < height; y++) {
    const row = along(y, top, picture.height);
    for (let x = 0; x < width; x++) {
      const column = along(x, left, picture.width);
      for (let colour = 0; colour < 4; colour++) {
        const value = (line: number, place: number): number =>
          picture.rgba[4 * (line * picture.width + place) + colour] ?? 0;
        const blend = (line: number): number =>
          value(line, column.first) * (1 - column.part) + value(line, column.second) * column.part;
        rgba[4 * (y * width + x) + colour] = blend(row.first) * (1 - row.part) + blend(row.second) * row.part;
      }
    }
  }
  return { width, height, rgba };
}

/** Pixels with ink where a mask is 1. */
export function laid(
  under: Uint8ClampedArray<ArrayBuffer>,
  mask: Uint8Array,
  ink: Ink,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = under.slice();
  if ("colour" in ink) {
    const [red, green, blue] = ink.colour;
    for (const [at, covered] of mask.entries()) if (covered) rgba.set([red, green, blue, 255], 4 * at);
    return rgba;
  }
  const { pixels } = ink;
  for (const [at, covered] of mask.entries())
    if (covered) rgba.set(pixels.subarray(4 * at, 4 * at + 4), 4 * at);
  return rgba;
}

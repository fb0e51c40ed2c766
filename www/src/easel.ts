import { type Explained, type Pixels, reduced, type Size } from "c3lrp/client";
import { blurred, fittedTo, type Ink, laid, meanColour } from "./ink";
import { type Picture, paintedPicture } from "./picture";

/** What the brush paints with. */
export type Fill = "mean" | "blur" | "other";

/** A place in a picture, as shares of its width and height from the upper left. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** One brush stroke: its mask, one byte per pixel, and its fill. */
interface Mark {
  readonly mask: Uint8Array;
  readonly ink: Ink;
}

/** The class's probability for one explained picture. */
export interface Moment {
  /** The picture's number. */
  readonly picture: number;
  readonly share: number;
}

/** A picture that is painted over, with the results. The picture itself is never changed. */
export interface Easel {
  /** The original picture, and the unpainted one, which is reduced if it was large. */
  readonly original: Picture;
  readonly untouched: Picture;
  /** The network that was asked last. */
  readonly network: number;
  /** The class whose probability is followed, and the class that was asked for before painting, if any. */
  readonly target: number;
  readonly before: number | undefined;
  readonly fill: Fill;
  /** The other picture's pixels, once they have arrived, at this picture's size. */
  readonly other?: Pixels | undefined;
  /** The brush's radius, as a share of the picture's shorter side. */
  readonly radius: number;
  readonly marks: readonly Mark[];
  readonly undone: readonly Mark[];
  /** The pixels under the undoable marks; older marks are part of it. */
  readonly ground: Uint8ClampedArray<ArrayBuffer>;
  /** The pixels with all marks, four bytes each. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Where the brush is while it is down. */
  readonly at?: Spot | undefined;
  /** Whether the untouched picture is shown. */
  readonly lifted: boolean;
  /** The history of the probability, beginning with the untouched picture. */
  readonly course: readonly Moment[];
}

/** The most pixels to paint on: networks see fewer, and every step copies them. */
const ENOUGH_PIXELS = 1e6;
const MOST_MARKS = 50;
const MOST_MOMENTS = 200;
/** The brush's smallest and largest radius, and the factor of a step. */
const [SMALLEST, LARGEST, STEP] = [0.01, 0.4, 1.25];
const FIRST_RADIUS = 0.07;
/** An overlay's pixel counts as red from this opacity, out of 255. */
const RED = 64;

/** Starts painting over a picture; a large one is reduced, also for comparisons meanwhile. */
export function openEasel(original: Picture, asked: Pick<Easel, "network" | "target" | "before">): Easel {
  const small = reduced(original, ENOUGH_PIXELS);
  const untouched = small.rgba === original.rgba ? original : paintedPicture(original, small);
  const { rgba } = untouched;
  return {
    ...asked,
    ...{ original, untouched, fill: "mean", radius: FIRST_RADIUS },
    ...{ marks: [], undone: [], ground: rgba, pixels: rgba, lifted: false, course: [] },
  };
}

/** The picture to explain: painted, or untouched if nothing is painted or the untouched picture is shown. */
export const easelPicture = ({ untouched, pixels, lifted }: Easel): Picture =>
  lifted || pixels === untouched.rgba ? untouched : paintedPicture(untouched, { ...untouched, rgba: pixels });

/** Whether a picture belongs to this easel. */
export const isOf = ({ untouched }: Easel, picture: Picture): boolean =>
  picture === untouched || picture.painted === untouched.id;

/** The ink of the fill; undefined while the other picture is missing. */
export function inkOf({ fill, untouched, other }: Easel): Ink | undefined {
  switch (fill) {
    case "mean":
      return { colour: meanColour(untouched) };
    case "blur":
      return { pixels: blurred(untouched) };
    case "other":
      return other && { pixels: other.rgba };
    default:
      return fill satisfies never;
  }
}

/** Puts the brush down and begins a mark; without ink nothing is painted. */
export function brush(easel: Easel, at: Spot): Easel {
  const ink = inkOf(easel);
  if (!ink) return easel;
  const { width, height } = easel.untouched;
  const begun = marked(easel, { mask: new Uint8Array(width * height), ink });
  return draw({ ...begun, at, lifted: false }, [at]);
}

/** Moves the brush along some spots. */
export function draw(easel: Easel, spots: readonly Spot[]): Easel {
  const mark = easel.marks.at(-1);
  if (!easel.at || !mark) return easel;
  const mask = mark.mask.slice();
  let from = easel.at;
  for (const spot of spots) {
    sweep(mask, easel.untouched, from, spot, easel.radius);
    from = spot;
  }
  const marks = [...easel.marks.slice(0, -1), { ...mark, mask }];
  return { ...easel, marks, at: from, pixels: laid(easel.pixels, mask, mark.ink) };
}

/** Lifts the brush. */
export const lift = (easel: Easel): Easel => (easel.at ? { ...easel, at: undefined } : easel);

/** Paints over what the overlay of an explanation shows in red. */
export function coverRed(easel: Easel, explained: Pick<Explained, "overlay" | "crop" | keyof Size>): Easel {
  const ink = inkOf(easel);
  if (!ink) return easel;
  const mask = redMask(explained, easel.untouched);
  if (!mask.includes(1)) return easel;
  const begun = marked(easel, { mask, ink });
  return { ...begun, at: undefined, lifted: false, pixels: laid(begun.pixels, mask, ink) };
}

/** Where an overlay is red, in the picture's pixels. */
export function redMask(
  { overlay, crop, width, height }: Pick<Explained, "overlay" | "crop" | keyof Size>,
  picture: Size,
): Uint8Array {
  const mask = new Uint8Array(picture.width * picture.height);
  for (let y = 0; y < picture.height; y++) {
    const row = Math.floor(((y + 0.5 - crop.y) / crop.height) * height);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < picture.width; x++) {
      const column = Math.floor(((x + 0.5 - crop.x) / crop.width) * width);
      if (column < 0 || column >= width) continue;
      if ((overlay[4 * (row * width + column) + 3] ?? 0) >= RED) mask[y * picture.width + x] = 1;
    }
  }
  return mask;
}

export function undo(easel: Easel): Easel {
  const last = easel.marks.at(-1);
  if (!last) return easel;
  return repainted({ ...easel, marks: easel.marks.slice(0, -1), undone: [...easel.undone, last] });
}

export function redo(easel: Easel): Easel {
  const last = easel.undone.at(-1);
  if (!last) return easel;
  return repainted({ ...easel, marks: [...easel.marks, last], undone: easel.undone.slice(0, -1) });
}

/** Makes the brush larger or smaller by a number of steps. */
export function resize(easel: Easel, steps: number): Easel {
  const radius = Math.min(LARGEST, Math.max(SMALLEST, easel.radius * STEP ** steps));
  return { ...easel, radius };
}

/** Takes another picture's pixels to paint with, cropped and scaled to this picture. */
export const withOther = (easel: Easel, other: Pixels): Easel => ({
  ...easel,
  fill: "other",
  other: fittedTo(other, easel.untouched),
});

/** Adds an explained picture to the history, or replaces the last entry if it is the same picture. */
export function followed(easel: Easel, { id }: Picture, probabilities: Float32Array): Easel {
  const { course, target } = easel;
  // Looking at the untouched picture is not a step.
  if (easel.lifted && course.length > 0) return easel;
  const moment = { picture: id, share: probabilities[target] ?? 0 };
  const last = course.at(-1);
  if (last?.picture === id && last.share === moment.share) return easel;
  const before = last?.picture === id ? course.slice(0, -1) : course;
  return { ...easel, course: [...before, moment].slice(-MOST_MOMENTS) };
}

/** The easel without any paint; the brush stays as it is. */
export const bare = (easel: Easel): Easel => ({
  ...easel,
  ...{ marks: [], undone: [], at: undefined, lifted: false },
  ...{ ground: easel.untouched.rgba, pixels: easel.untouched.rgba },
});

/** Adds an empty mark; if there are too many, the oldest becomes part of the ground. */
function marked(easel: Easel, mark: Mark): Easel {
  const marks = [...easel.marks, mark];
  const oldest = marks.length > MOST_MARKS ? marks.shift() : undefined;
  const ground = oldest ? laid(easel.ground, oldest.mask, oldest.ink) : easel.ground;
  return { ...easel, marks, undone: [], ground };
}

/** Paints all marks again. */
function repainted(easel: Easel): Easel {
  const { ground, marks } = easel;
  const pixels = marks.reduce((under, { mask, ink }) => laid(under, mask, ink), ground);
  return { ...easel, pixels, at: undefined, lifted: false };
}

/** Marks every pixel whose middle is covered by a disc moving from one spot to another; at least the pixel under the end. */
export function sweep(mask: Uint8Array, { width, height }: Size, from: Spot, to: Spot, radius: number): void {
  const reach = Math.max(0.71, radius * Math.min(width, height));
  const [x0, y0, x1, y1] = [from.x * width, from.y * height, to.x * width, to.y * height];
  const [across, down] = [x1 - x0, y1 - y0];
  const length = across * across + down * down;
  const inside = (at: number, size: number): number => Math.min(size, Math.max(0, at));
  const [left, right] = [
    inside(Math.floor(Math.min(x0, x1) - reach), width),
    inside(Math.ceil(Math.max(x0, x1) + reach), width),
  ];
  const [top, bottom] = [
    inside(Math.floor(Math.min(y0, y1) - reach), height),
    inside(Math.ceil(Math.max(y0, y1) + reach), height),
  ];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [dx, dy] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = length > 0 ? Math.min(1, Math.max(0, (dx * across + dy * down) / length)) : 0;
      if ((dx - along * across) ** 2 + (dy - along * down) ** 2 <= reach * reach) mask[y * width + x] = 1;
    }
  }
}

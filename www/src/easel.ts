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

/** One thing that was painted: where, a byte a pixel, and with what. */
interface Mark {
  readonly mask: Uint8Array;
  readonly ink: Ink;
}

/** The class's probability at a picture that was explained. */
export interface Moment {
  /** The picture's number. */
  readonly picture: number;
  readonly share: number;
}

/** A picture that is painted over, and what came of that. The picture itself is never changed. */
export interface Easel {
  /** The picture that was put up, and the same without any paint, reduced where it is large. */
  readonly original: Picture;
  readonly untouched: Picture;
  /** The network that was asked last. */
  readonly network: number;
  /** The class whose probability is followed, and the one that was asked for before, if any. */
  readonly target: number;
  readonly before: number | undefined;
  readonly fill: Fill;
  /** The other picture's pixels, once they are here, at this picture's size. */
  readonly other?: Pixels | undefined;
  /** The brush's radius, as a share of the picture's shorter side. */
  readonly radius: number;
  readonly marks: readonly Mark[];
  readonly undone: readonly Mark[];
  /** What lies under the marks: older ones can't be undone. */
  readonly ground: Uint8ClampedArray<ArrayBuffer>;
  /** Four bytes a pixel, with all marks. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Where the brush is while it is down. */
  readonly at?: Spot | undefined;
  /** Whether the untouched picture is shown. */
  readonly lifted: boolean;
  /** The probability's course, the untouched picture's first. */
  readonly course: readonly Moment[];
}

/** So many pixels are painted on: networks see fewer, and every step copies them. */
const ENOUGH_PIXELS = 1e6;
const MOST_MARKS = 50;
const MOST_MOMENTS = 200;
/** How the brush's radius goes up and down. */
const [SMALLEST, LARGEST, STEP] = [0.01, 0.4, 1.25];
const FIRST_RADIUS = 0.07;
/** An overlay's pixel counts as red from this opacity on, of 255. */
const RED = 64;

/** Puts a picture up to be painted over; a large one is reduced, for all that is compared while it stands there. */
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

/** The picture that is asked about: painted, or untouched where nothing is painted or the paint is lifted. */
export const onEasel = ({ untouched, pixels, lifted }: Easel): Picture =>
  lifted || pixels === untouched.rgba ? untouched : paintedPicture(untouched, { ...untouched, rgba: pixels });

/** Whether a picture is one of those that came of the easel. */
export const isOf = ({ untouched }: Easel, picture: Picture): boolean =>
  picture === untouched || picture.painted === untouched.id;

/** What the fill paints with; nothing while the other picture is on its way. */
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

/** Puts the brush down, which begins a mark; without ink nothing is painted. */
export function brush(easel: Easel, at: Spot): Easel {
  const ink = inkOf(easel);
  if (!ink) return easel;
  const { width, height } = easel.untouched;
  const begun = marked(easel, { mask: new Uint8Array(width * height), ink });
  return draw({ ...begun, at, lifted: false }, [at]);
}

/** Draws the brush along some spots, from where it is. */
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

/** Takes the brush up. */
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

/** A larger or smaller brush, by so many steps. */
export function resize(easel: Easel, steps: number): Easel {
  const radius = Math.min(LARGEST, Math.max(SMALLEST, easel.radius * STEP ** steps));
  return { ...easel, radius };
}

/** Takes another picture's pixels to paint with, cut and scaled as this one is. */
export const withOther = (easel: Easel, other: Pixels): Easel => ({
  ...easel,
  fill: "other",
  other: fittedTo(other, easel.untouched),
});

/** The course with what came of one more picture; of one that was there last, what came of it now. */
export function followed(easel: Easel, { id }: Picture, probabilities: Float32Array): Easel {
  const { course, target } = easel;
  // Looking at the untouched picture for a while is no step.
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

/** The easel with one more mark, of which nothing is painted yet; the oldest mark becomes part of the ground. */
function marked(easel: Easel, mark: Mark): Easel {
  const marks = [...easel.marks, mark];
  const oldest = marks.length > MOST_MARKS ? marks.shift() : undefined;
  const ground = oldest ? laid(easel.ground, oldest.mask, oldest.ink) : easel.ground;
  return { ...easel, marks, undone: [], ground };
}

/** The easel with its marks painted anew. */
function repainted(easel: Easel): Easel {
  const { ground, marks } = easel;
  const pixels = marks.reduce((under, { mask, ink }) => laid(under, mask, ink), ground);
  return { ...easel, pixels, at: undefined, lifted: false };
}

/** Marks all pixels whose middle a disc covers that goes from one spot to another; at least the one it stands on. */
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

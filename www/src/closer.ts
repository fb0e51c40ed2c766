import type { Rect } from "./drawing";
import { isOf, type Spot } from "./easel";
import type { State } from "./state";

/** What part of the figures is looked at: one for both, so that they show the same place. */
export interface Closer {
  /** The number of the picture that is looked at; another picture is seen whole. */
  readonly of: number;
  /** How many times larger than the whole, from 1 on. */
  readonly zoom: number;
  /** The place in the middle, as shares of the map's width and height. */
  readonly x: number;
  readonly y: number;
}

/** Where the map lies in a figure, as shares of the figure's width and height. */
export type Part = Rect;

/** How a figure is enlarged: so many times, its upper left corner at so many shares of its frame. */
export interface Lens {
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
}

/** A map that fills its figure. */
export const FILLED: Part = { x: 0, y: 0, width: 1, height: 1 };
const MOST = 16;
/** How much a step of a button, a key or a double click enlarges. */
export const STEP = 1.5;
/** A place that is followed stays within this part of what is seen. */
const MARGIN = 0.9;

export const whole = (of: number): Closer => ({ of, zoom: 1, x: 0.5, y: 0.5 });

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** What is looked at of the picture that is shown. A picture that is painted over is still the same one. */
export function closerOf({ closer, picture, easel }: State): Closer {
  const of = (easel && picture && isOf(easel, picture) ? easel.original : picture)?.id ?? 0;
  return closer?.of === of ? closer : whole(of);
}

/** How a figure is enlarged; nothing beyond its edges is ever seen. */
export function lens({ zoom, x, y }: Closer, part: Part): Lens {
  return {
    zoom,
    left: within(0.5 - zoom * (part.x + x * part.width), 1 - zoom, 0),
    top: within(0.5 - zoom * (part.y + y * part.height), 1 - zoom, 0),
  };
}

/** What a lens shows. */
function seen({ zoom, left, top }: Lens, part: Part, { of }: Closer): Closer {
  if (zoom === 1) return whole(of);
  const [across, down] = [within(left, 1 - zoom, 0), within(top, 1 - zoom, 0)];
  return {
    of,
    zoom,
    x: ((0.5 - across) / zoom - part.x) / part.width,
    y: ((0.5 - down) / zoom - part.y) / part.height,
  };
}

/** Larger or smaller by a factor, with what lies at a spot of the figure staying there. */
export function zoomed(
  closer: Closer,
  factor: number,
  part: Part = FILLED,
  at: Spot = { x: 0.5, y: 0.5 },
): Closer {
  const { zoom, left, top } = lens(closer, part);
  const wanted = within(zoom * factor, 1, MOST);
  // Close to the whole it is the whole, whatever steps led there.
  const next = wanted < 1.01 ? 1 : wanted;
  const share = next / zoom;
  return seen(
    { zoom: next, left: at.x - (at.x - left) * share, top: at.y - (at.y - top) * share },
    part,
    closer,
  );
}

/** Drawn along by shares of the figure's width and height. */
export function panned(closer: Closer, across: number, down: number, part: Part = FILLED): Closer {
  const { zoom, left, top } = lens(closer, part);
  return seen({ zoom, left: left + across, top: top + down }, part, closer);
}

/** Drawn along as far as a place of the map needs to be seen. */
export function following(closer: Closer, { x, y }: Spot): Closer {
  const reach = (MARGIN * 0.5) / closer.zoom;
  const middle = panned(closer, 0, 0);
  return seen(
    lens(
      { ...middle, x: within(middle.x, x - reach, x + reach), y: within(middle.y, y - reach, y + reach) },
      FILLED,
    ),
    FILLED,
    closer,
  );
}

/** Where a place of the figure's frame lies on the map, both as shares of their widths. */
export const onMap = (share: number, { zoom, left }: Lens, part: Part): number =>
  ((share - left) / zoom - part.x) / part.width;

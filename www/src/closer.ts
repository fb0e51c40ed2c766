import type { Rect } from "./drawing";
import type { Spot } from "./easel";

/** The visible part of the figures when zoomed in; one for both, so that they show the same place. */
export interface Closer {
  /** The number of the picture; another picture is shown whole. */
  readonly of: number;
  /** The magnification, at least 1. */
  readonly zoom: number;
  /** The place in the middle, as shares of the map's width and height. */
  readonly x: number;
  readonly y: number;
}

/** Where the map lies in a figure, as shares of the figure's width and height. */
export type Part = Rect;

/** How a figure is enlarged: the factor, and its upper left corner as shares of its frame. */
export interface Lens {
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
}

/** A map that fills its figure. */
export const FILLED: Part = { x: 0, y: 0, width: 1, height: 1 };
const MOST = 16;
/** The factor for one step of a button, a key or a double click. */
export const STEP = 1.5;
/** A followed place stays within this share of the visible part. */
const MARGIN = 0.9;

export const whole = (of: number): Closer => ({ of, zoom: 1, x: 0.5, y: 0.5 });

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The lens for a visible part; nothing outside the figure is ever shown. */
export function lens({ zoom, x, y }: Closer, part: Part): Lens {
  return {
    zoom,
    left: within(0.5 - zoom * (part.x + x * part.width), 1 - zoom, 0),
    top: within(0.5 - zoom * (part.y + y * part.height), 1 - zoom, 0),
  };
}

/** The visible part for a lens. */
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

/** Zooms by a factor around a spot of the figure, which stays in place. */
export function zoomed(
  closer: Closer,
  factor: number,
  part: Part = FILLED,
  at: Spot = { x: 0.5, y: 0.5 },
): Closer {
  const { zoom, left, top } = lens(closer, part);
  const wanted = within(zoom * factor, 1, MOST);
  // Rounding must not leave it slightly enlarged.
  const next = wanted < 1.01 ? 1 : wanted;
  const share = next / zoom;
  return seen(
    { zoom: next, left: at.x - (at.x - left) * share, top: at.y - (at.y - top) * share },
    part,
    closer,
  );
}

/** Moves the visible part by shares of the figure's width and height. */
export function panned(closer: Closer, across: number, down: number, part: Part = FILLED): Closer {
  const { zoom, left, top } = lens(closer, part);
  return seen({ zoom, left: left + across, top: top + down }, part, closer);
}

/** Moves the visible part as far as needed to show a place of the map. */
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

/** The position on the map for a position in the figure's frame, both as shares of their widths. */
export const onMap = (share: number, { zoom, left }: Lens, part: Part): number =>
  ((share - left) / zoom - part.x) / part.width;

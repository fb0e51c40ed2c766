import { expect, test } from "vitest";
import { type Closer, FILLED, following, lens, onMap, panned, whole, zoomed } from "../src/closer";

/** A map in the middle half of a wide picture. */
const MIDDLE = { x: 0.25, y: 0, width: 0.5, height: 1 };

/** The place of the frame where a place of the whole figure is seen. */
const placed = (closer: Closer, part: typeof FILLED, x: number): number => {
  const { zoom, left } = lens(closer, part);
  return left + zoom * x;
};

test("what lies under the pointer stays there", () => {
  for (const part of [FILLED, MIDDLE]) {
    for (const at of [0, 0.2, 0.5, 0.9, 1]) {
      const once = zoomed(whole(1), 2, part, { x: at, y: 0.5 });
      expect(placed(once, part, at)).toBeCloseTo(at, 9);
      const twice = zoomed(once, 3, part, { x: 0.3, y: 0.5 });
      expect(twice.zoom).toBeCloseTo(6, 9);
      // What lay at 0.3 of the frame does so still.
      const there = (0.3 - lens(once, part).left) / once.zoom;
      expect(placed(twice, part, there)).toBeCloseTo(0.3, 9);
    }
  }
});

test("nothing beyond the edges is seen, and there and back is the whole", () => {
  const near = zoomed(whole(1), 1e6);
  expect(near.zoom).toBe(16);
  const far = panned(near, 100, -100);
  expect(lens(far, FILLED)).toEqual({ zoom: 16, left: 0, top: -15 });
  expect(zoomed(far, 1e-6)).toEqual(whole(1));
  expect(panned(whole(1), 0.5, 0.5)).toEqual(whole(1));
});

test("both figures show the same place of the map", () => {
  // A quarter of the frame beyond the map's left edge, and a quarter of the map to its right of the middle.
  const closer = zoomed(whole(1), 4, MIDDLE, { x: 0.625, y: 0.5 });
  const middle = {
    over: onMap(0.5, lens(closer, MIDDLE), MIDDLE),
    raw: onMap(0.5, lens(closer, FILLED), FILLED),
  };
  expect(middle.over).toBeCloseTo(middle.raw, 9);
  // By hand: 0.625 stays, so the frame's middle is at 0.625 − 0.125 / 4 of the figure.
  expect(middle.over).toBeCloseTo((0.625 - 0.125 / 4 - 0.25) / 0.5, 9);
});

test("a place that is read comes into view, and one that is in view moves nothing", () => {
  const near = zoomed(whole(1), 4);
  expect(following(near, { x: 0.55, y: 0.5 })).toEqual(near);
  for (const x of [0, 0.1, 0.8, 1]) {
    const moved = following(near, { x, y: 0.5 });
    const at = placed(moved, FILLED, x);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(1);
    expect(moved.y).toBeCloseTo(0.5, 9);
  }
});

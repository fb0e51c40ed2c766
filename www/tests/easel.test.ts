import { expect, test } from "vitest";
import {
  bare,
  brush,
  coverRed,
  draw,
  type Easel,
  easelPicture,
  followed,
  lift,
  openEasel,
  redo,
  resize,
  sweep,
  undo,
  withOther,
} from "../src/easel";
import { blurred, fittedTo, laid, meanColour } from "../src/ink";
import type { Picture } from "../src/picture";

/** A picture of grey values, row by row. */
function grey(width: number, height: number, values: readonly number[], id = 1000): Picture {
  const rgba = Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255]));
  return { id, name: "grey", width, height, rgba };
}

const opened = (picture: Picture): Easel => openEasel(picture, { network: 1, target: 0, before: undefined });
const reds = ({ pixels }: Pick<Easel, "pixels">): number[] => [...pixels].filter((_, at) => at % 4 === 0);

test("the brush covers the pixels whose middles it comes over", () => {
  const mask = new Uint8Array(25);
  // A radius of one pixel about the middle of a pixel reaches the middles of its four neighbours.
  sweep(mask, { width: 5, height: 5 }, { x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 }, 0.2);
  expect([...mask.keys()].filter((at) => mask[at])).toEqual([7, 11, 12, 13, 17]);
  // Along a line it covers what lies between.
  const line = new Uint8Array(25);
  sweep(line, { width: 5, height: 5 }, { x: 0.1, y: 0.5 }, { x: 0.9, y: 0.5 }, 0.15);
  expect([...line.keys()].filter((at) => line[at])).toEqual([10, 11, 12, 13, 14]);
  // However small, it covers what it stands on; beyond the picture it covers nothing.
  const small = new Uint8Array(25);
  sweep(small, { width: 5, height: 5 }, { x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 }, 0.001);
  sweep(small, { width: 5, height: 5 }, { x: 3, y: 3 }, { x: 3, y: 3 }, 0.1);
  expect([...small.keys()].filter((at) => small[at])).toEqual([12]);
});

test("what is painted can be undone and done again, and the picture stays as it was", () => {
  const picture = grey(3, 1, [0, 30, 90]);
  const begun = opened(picture);
  expect(easelPicture(begun)).toBe(picture);
  const one = lift(brush(resize(begun, -20), { x: 0.9, y: 0.5 }));
  expect(reds(one)).toEqual([0, 30, 40]);
  const two = lift(draw(brush(one, { x: 0.1, y: 0.5 }), [{ x: 0.5, y: 0.5 }]));
  expect(reds(two)).toEqual([40, 40, 40]);
  expect([...picture.rgba]).toEqual([...grey(3, 1, [0, 30, 90]).rgba]);

  const painted = easelPicture(two);
  expect(painted).toMatchObject({ painted: picture.id, width: 3, height: 1 });
  expect(easelPicture(two), "the same pixels are the same picture").toBe(painted);
  expect(painted.id).not.toBe(picture.id);
  expect(easelPicture({ ...two, lifted: true })).toBe(picture);

  const back = undo(two);
  expect(reds(back)).toEqual([0, 30, 40]);
  expect(reds(redo(back))).toEqual([40, 40, 40]);
  const none = undo(undo(two));
  expect(easelPicture(none), "without paint it is the picture itself").toBe(picture);
  expect(undo(none)).toBe(none);
  expect(redo(two)).toBe(two);
  // What is painted anew takes the place of what was undone.
  expect(lift(brush(back, { x: 0.5, y: 0.5 })).undone).toEqual([]);
  expect(easelPicture(bare(two))).toBe(picture);
});

test("marks beyond the fiftieth can't be undone, and stay painted", () => {
  let easel = resize(opened(grey(4, 4, new Array(16).fill(10).with(0, 250))), -20);
  for (let mark = 0; mark < 52; mark++) easel = lift(brush(easel, { x: mark === 0 ? 0.1 : 0.9, y: 0.1 }));
  expect(easel.marks.length).toBe(50);
  for (let mark = 0; mark < 60; mark++) easel = undo(easel);
  // The mean of fifteen times 10 and 250.
  expect(reds(easel)[0]).toBe(25);
});

test("where the overlay is red is painted over, in the picture's own pixels", () => {
  const easel = opened(grey(4, 2, [0, 80, 80, 80, 80, 80, 80, 80]));
  // A map of two pixels over the right half of the picture, the upper of them red.
  const overlay = Uint8ClampedArray.of(200, 0, 0, 63, 200, 0, 0, 63, 200, 0, 0, 64, 0, 0, 0, 0);
  const crop = { x: 2, y: 0, width: 2, height: 2 };
  const covered = coverRed(easel, { overlay, crop, width: 2, height: 2 });
  expect(reds(covered)).toEqual([0, 80, 80, 80, 80, 80, 70, 80]);
  const nothing = coverRed(easel, { overlay: new Uint8ClampedArray(16), crop, width: 2, height: 2 });
  expect(nothing, "where nothing is red nothing is painted").toBe(easel);
});

test("another picture is cut and scaled, and painting waits for it", () => {
  const easel = { ...opened(grey(2, 1, [1, 2])), fill: "other" as const };
  expect(brush(easel, { x: 0.5, y: 0.5 })).toBe(easel);
  // Of four by one pixels the middle two are as wide as they are high… twice over.
  const wide = grey(4, 1, [10, 20, 30, 40]);
  expect([...fittedTo(wide, { width: 2, height: 1 }).rgba].filter((_, at) => at % 4 === 0)).toEqual([20, 30]);
  const ready = withOther(easel, wide);
  expect(reds(brush(resize(ready, 20), { x: 0.5, y: 0.5 }))).toEqual([20, 30]);
});

test("means, and a blur that keeps what is even", () => {
  const rgba = Uint8ClampedArray.of(100, 0, 0, 255, 200, 30, 0, 0);
  expect(meanColour({ width: 2, height: 1, rgba })).toEqual([100, 0, 0]);
  const even = grey(6, 6, new Array(36).fill(77));
  expect([...blurred(even)]).toEqual([...even.rgba]);
  // One pixel of 243 in a line of sevens: three means over three spread it as 1, 3, 6, 7, 6, 3, 1 of 27.
  const line = grey(
    7,
    7,
    new Array(49).fill(0).map((_, at) => (at % 7 === 3 ? 27 : 0)),
  );
  const first = [...blurred(line)].filter((_, at) => at % 4 === 0).slice(0, 7);
  expect(first).toEqual([1, 3, 6, 7, 6, 3, 1]);
  const pixels = Uint8ClampedArray.of(9, 8, 7, 6);
  expect([...laid(new Uint8ClampedArray(4), Uint8Array.of(1), { pixels })]).toEqual([9, 8, 7, 6]);
});

test("the course has each picture once, and none for a look at the untouched one", () => {
  const easel = opened(grey(1, 1, [0]));
  const shares = Float32Array.of(0.75, 0.25);
  const one = followed(easel, { ...easel.untouched, id: 5 }, shares);
  expect(one.course).toEqual([{ picture: 5, share: 0.75 }]);
  expect(followed(one, { ...easel.untouched, id: 5 }, shares)).toBe(one);
  // A second look at it counts in place of the first.
  const again = followed(one, { ...easel.untouched, id: 5 }, Float32Array.of(0.5));
  expect(again.course).toEqual([{ picture: 5, share: 0.5 }]);
  expect(followed({ ...one, lifted: true }, { ...easel.untouched, id: 6 }, shares).course).toEqual(
    one.course,
  );
  expect(followed(one, { ...easel.untouched, id: 7 }, Float32Array.of(0.5)).course.length).toBe(2);
});

test("a large picture is reduced while it is painted on", () => {
  const picture = { id: 4, name: "large", width: 2000, height: 1000, rgba: new Uint8ClampedArray(8e6) };
  const { untouched, original } = opened(picture);
  expect(original).toBe(picture);
  expect(untouched).toMatchObject({ width: 1000, height: 500, painted: 4 });
});

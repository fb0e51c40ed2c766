import { expect, test } from "vitest";
import { fitted, inShape } from "../../pkg/src/overlay";

const box = { width: 200, height: 100 };
const natural = { width: 50, height: 50 };
const middle = "50% 50%";

test("a picture is where object-fit and object-position put it", () => {
  expect(fitted(box, natural, "fill", middle)).toEqual({ x: 0, y: 0, ...box });
  expect(fitted(box, natural, "contain", middle)).toEqual({ x: 50, y: 0, width: 100, height: 100 });
  expect(fitted(box, natural, "cover", middle)).toEqual({ x: 0, y: -50, width: 200, height: 200 });
  expect(fitted(box, natural, "none", middle)).toEqual({ x: 75, y: 25, width: 50, height: 50 });
  expect(fitted(box, natural, "scale-down", "0% 100%")).toEqual({ x: 0, y: 50, width: 50, height: 50 });
  expect(fitted(box, { width: 400, height: 400 }, "scale-down", "0px 0px")).toMatchObject({ width: 100 });
});

test("positions are percentages of what is free, pixels, and sums of both", () => {
  const at = (position: string) => {
    const { x, y } = fitted(box, natural, "none", position);
    return [x, y];
  };
  expect(at("10px -5px")).toEqual([10, -5]);
  expect(at("calc(100% - 10px) 25%")).toEqual([140, 12.5]);
  expect(at("calc(0% + 3.5px) calc(50% + -4px)")).toEqual([3.5, 21]);
});

/** Four colours, one in each corner. */
const corners = Uint8ClampedArray.from(
  [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
    [255, 255, 255, 0],
  ].flat(),
);

const shape = (crop: object, picture = { width: 8, height: 4 }, size = picture) => {
  const whole = { x: 2, y: 0, width: 4, height: 4, ...crop };
  const pixels = inShape({ rgba: corners, width: 2, height: 2, crop: whole, picture }, size);
  return (x: number, y: number) => [
    ...pixels.subarray(4 * (y * size.width + x), 4 * (y * size.width + x) + 4),
  ];
};

test("colours are where the crop is, and clear beside it", () => {
  const at = shape({});
  expect([at(1, 0), at(6, 0), at(0, 3)]).toEqual(Array(3).fill([0, 0, 0, 0]));
  expect([at(2, 0), at(5, 0), at(2, 3)]).toEqual([
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
  ]);
});

test("between the map's pixels colours blend by their opacity", () => {
  const at = shape({});
  expect(at(3, 0)).toEqual([191, 64, 0, 255]);
  // What is clear has no colour to give.
  const [red, green, blue, alpha] = at(5, 2);
  expect([red, green, blue]).toEqual([0, 255, 0]);
  expect(alpha).toBeLessThan(255);
});

test("a crop that reaches beyond the picture, and another size of the same shape", () => {
  const beyond = shape({ x: -4, y: -4, width: 16, height: 16 });
  expect(beyond(0, 0)[3]).toBeGreaterThan(250);
  const half = shape({}, { width: 8, height: 4 }, { width: 4, height: 2 });
  expect([half(0, 0), half(1, 0), half(2, 0), half(3, 0)].map(([, , , alpha]) => alpha)).toEqual([
    0, 255, 255, 0,
  ]);
});

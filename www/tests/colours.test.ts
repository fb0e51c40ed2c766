import { expect, test } from "vitest";
import { fullColour, overColours, SCALES, type Scale, signedColours } from "../src/colours";

/** What matplotlib 3.11.2 gives at tenths of its colormaps, by `colormaps[NAME](i / 10)`. */
const MATPLOTLIB: Readonly<Partial<Record<Scale, readonly (readonly number[])[]>>> = {
  // PuOr_r
  "orange-purple": [
    [45, 0, 75],
    [83, 38, 135],
    [128, 115, 172],
    [177, 170, 209],
    [216, 218, 235],
    [247, 247, 246],
    [254, 224, 182],
    [252, 183, 97],
    [224, 130, 20],
    [178, 87, 6],
    [127, 59, 8],
  ],
  // cividis
  lightness: [
    [0, 34, 78],
    [8, 51, 112],
    [53, 69, 108],
    [79, 87, 108],
    [102, 105, 112],
    [125, 124, 120],
    [148, 142, 119],
    [174, 163, 113],
    [200, 184, 102],
    [229, 207, 82],
    [254, 232, 56],
  ],
};

/** sRGB as relative luminance, which is what lightness is ordered by. */
const luminance = ([r = 0, g = 0, b = 0]: Uint8ClampedArray): number => {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};

const steps = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1);

test.each(["orange-purple", "lightness"] as const)("%s is as matplotlib has it", (scale) => {
  const rgba = signedColours(steps(11), scale, 1);
  for (const [i, colour] of (MATPLOTLIB[scale] ?? []).entries()) {
    // matplotlib has 256 steps, and ours are straight between a few of them: cividis bends most at its dark end.
    const most = scale === "lightness" && i === 1 ? 14 : 4;
    for (const [c, value] of colour.entries())
      expect(Math.abs((rgba[4 * i + c] ?? 0) - value)).toBeLessThanOrEqual(most);
    expect(rgba[4 * i + 3]).toBe(255);
  }
});

test("from dark to light every step is lighter than the one before", () => {
  const rgba = signedColours(steps(101), "lightness", 1);
  const lights = Array.from({ length: 101 }, (_, i) => luminance(rgba.subarray(4 * i, 4 * i + 3)));
  expect(lights.every((light, i) => i === 0 || light > (lights[i - 1] ?? 0))).toBe(true);
});

test("the other scales are darker the further from nothing, on both sides", () => {
  for (const scale of ["red-blue", "orange-purple"] as const) {
    const rgba = signedColours(steps(21), scale, 1);
    const lights = Array.from({ length: 21 }, (_, i) => luminance(rgba.subarray(4 * i, 4 * i + 3)));
    for (let i = 0; i < 10; i++) {
      expect(lights[i]).toBeLessThan(lights[i + 1] ?? 0);
      expect(lights[20 - i]).toBeLessThan(lights[19 - i] ?? 0);
    }
  }
});

test("what is laid over the picture is clear where nothing speaks for the class, and denser the more does", () => {
  for (const scale of SCALES) {
    const rgba = overColours(Float32Array.of(-1, 0, 0.25, 0.5, 1, 2, Number.NaN), scale, 1);
    expect([3, 7, 11, 15, 19, 23, 27].map((at) => rgba[at])).toEqual([0, 0, 130, 190, 240, 240, 0]);
  }
});

test("the full colour is what 99.5 % of the magnitudes don't exceed, or the largest where that is nothing", () => {
  const map = Float32Array.from({ length: 1001 }, (_, i) => (i % 2 ? -i : i));
  // The 1,001 magnitudes are 0 to 1,000: of their places, ⌈1000 × 0.995⌉ is 995.
  expect(fullColour(map)).toBe(995);
  expect(fullColour(Float32Array.from({ length: 1001 }, (_, i) => (i === 7 ? -3 : 0)))).toBe(3);
  expect(fullColour(new Float32Array(4))).toBe(0);
});

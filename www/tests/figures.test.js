import { expect, test } from "vitest";
import { compare, figure, inWords, median, ratios } from "../../tests/bench/figures.mjs";

const run = (figures, machine = {}) => ({ machine: { processor: "A", cores: 2, ...machine }, figures });
const names = ({ worse }) => worse.map(({ name }) => name);

test("a figure has the median, the lowest and the quartiles of its rounds", () => {
  // In order 1 2 3 4 10: the quartiles are the second and the fourth.
  expect(figure("forward", "ms", "less", [10, 3, 1, 4, 2])).toEqual({
    name: "forward",
    unit: "ms",
    better: "less",
    median: 3,
    lowest: 1,
    quartiles: [2, 4],
    rounds: [10, 3, 1, 4, 2],
  });
  expect(figure("load", "ms", "less", 7).quartiles).toEqual([7, 7]);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(ratios([6, 8], [2, 4])).toEqual([3, 2]);
});

test("what is no figure is refused by its name", () => {
  expect(() => figure("forward", "ms", "less", [])).toThrow("forward: [] are no figures");
  expect(() => figure("forward", "ms", "less", [1, undefined])).toThrow("forward");
  expect(() => figure("forward", "ms", "fewer", 1)).toThrow('not "fewer"');
});

test("a figure became worse if it moved by more than both spreads together", () => {
  // Quartiles 9 and 11 before, 2 apart; 12 and 14 after, 2 apart: 3 is within 4.
  const before = figure("forward", "ms", "less", [8, 9, 10, 11, 12]);
  expect(names(compare(run([before]), run([figure("forward", "ms", "less", [11, 12, 13, 14, 15])])))).toEqual(
    [],
  );
  // 5 is beyond 4.
  const after = figure("forward", "ms", "less", [13, 14, 15, 16, 17]);
  expect(compare(run([before]), run([after]))).toEqual({
    sameMachine: true,
    compared: 1,
    worse: [{ name: "forward", unit: "ms", before: 10, now: 15, spread: 4 }],
    gone: [],
  });
  // The other way it became better.
  expect(names(compare(run([after]), run([before])))).toEqual([]);
});

test("where more is better, less is worse", () => {
  const rate = (value) => run([figure("rate", "per second", "more", [value, value, value])]);
  expect(names(compare(rate(10), rate(9)))).toEqual(["rate"]);
  expect(names(compare(rate(9), rate(10)))).toEqual([]);
});

test("a single measurement is given a tenth of itself, and bytes and shares nothing but a hundredth", () => {
  const one = (unit, value) => run([figure("it", unit, "less", value)]);
  // Tenths of 100 and of 120 are 22 together, of 100 and 123 22.3.
  expect(names(compare(one("ms", 100), one("ms", 120)))).toEqual([]);
  expect(names(compare(one("ms", 100), one("ms", 123)))).toEqual(["it"]);
  expect(names(compare(one("bytes", 1_000_000), one("bytes", 1_010_000)))).toEqual([]);
  expect(names(compare(one("bytes", 1_000_000), one("bytes", 1_010_001)))).toEqual(["it"]);
});

test("on another machine only what doesn't depend on it is compared", () => {
  const at = (scale) => [
    figure("forward", "ms", "less", [scale, scale, scale]),
    figure("explanation / forward", "ratio", "less", [scale, scale, scale]),
  ];
  const others = [{ processor: "B" }, { adapter: "a graphics card" }];
  for (const other of others) {
    const found = compare(run(at(1)), run(at(2), other));
    expect(found).toMatchObject({ sameMachine: false, compared: 1 });
    expect(names(found)).toEqual(["explanation / forward"]);
    expect(inWords(found, { date: "2026-01-01" })).toContain("The machines differ");
  }
});

test("figures that come, go or change their unit are not compared", () => {
  const before = run([figure("a", "ms", "less", 1), figure("b", "ms", "less", 1)]);
  const now = run([figure("b", "s", "less", 9), figure("c", "ms", "less", 9)]);
  expect(compare(before, now)).toEqual({ sameMachine: true, compared: 0, worse: [], gone: ["a"] });
});

test("the comparison is told a line for each figure", () => {
  const before = run([figure("a", "ms", "less", [10, 10, 10]), figure("b", "ms", "less", 1)]);
  const now = run([figure("a", "ms", "less", [1234.5, 1234.5, 1234.5])]);
  expect(inWords(compare(before, now), { date: "2026-01-01" }).split("\n")).toEqual([
    "Beside the committed figures of 2026-01-01, 1 of 1 became worse by more than their spread.",
    "  WORSE: a: 10 ms → 1,234.5 ms (both spreads together: 0 ms)",
    "  no longer measured: b",
  ]);
});

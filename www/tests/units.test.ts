import { LibraryError, reduced } from "c3lrp/client";
import { expect, test } from "vitest";
import { saying, UserError } from "../src/errors";
import { readLabels } from "../src/labels";
import { ask, questionKey } from "../src/question";
import { severalNetworks } from "../src/source";
import { workWords } from "../src/view/progress";
import { formats } from "../src/words/formats";
import { ja } from "../src/words/ja";
import { accented } from "../src/words/pseudo";
import { english } from "../src/words/words";
import { reported } from "../src/work";

test("a list of labels that is large is not read, and what the parser says is told", async () => {
  const parsed = (names: readonly string[]) => () => Promise.resolve(names);
  const large = { name: "film.txt", size: 5e9, arrayBuffer: () => Promise.reject(new Error("it was read")) };
  await expect(readLabels(large as unknown as File, parsed([]))).rejects.toThrow("“film.txt” has 5,000 MB");
  const file = new File(["cat"], "list.txt");
  expect(await readLabels(file, parsed(["cat"]))).toEqual({
    names: ["cat"],
    from: { kind: "list", file: "list.txt" },
  });
  const wrong = new LibraryError("LabelsError", { code: "", params: {}, text: "the list is empty" });
  const refused = readLabels(file, () => Promise.reject(wrong));
  await expect(refused).rejects.toThrow("“list.txt”: The list is empty.");
  await expect(refused).rejects.toThrow(UserError);
});

test("questions have equal keys if they are equal, however their options were set", () => {
  const picture = { id: 3, name: "cat", width: 1, height: 1, rgba: new Uint8ClampedArray(4) };
  const one = ask(picture, 1, { method: { name: "lrp-epsilon", epsilon: 1, start: "logit" }, filter: "c3" });
  const two = ask(picture, 1, { filter: "c3", method: { start: "logit", epsilon: 1, name: "lrp-epsilon" } });
  expect(questionKey(one)).toBe(questionKey(two));
  const others = [
    { ...one, target: 0 },
    { ...one, network: 2 },
    { ...one, fit: "whole" as const },
    { ...one, filter: "none" as const },
    { ...one, picture: { ...picture, id: 4 } },
  ];
  expect(new Set([one, ...others].map(questionKey)).size).toBe(6);
});

test("large pictures are averaged, square by square, by their opacity", () => {
  const small = { width: 2, height: 2, rgba: new Uint8ClampedArray(16) };
  expect(reduced(small)).toEqual(small);
  const [width, height] = [5000, 2400];
  const rgba = new Uint8ClampedArray(4 * width * height);
  // Twelve megapixels become three: of each four pixels, two are red, one is white and one can't be seen.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const [row, column] = [y % 2, x % 2];
      rgba.set(row === 0 ? [255, 0, 0, 255] : column === 0 ? [255, 255, 255, 255] : [9, 9, 9, 0], at);
    }
  }
  const less = reduced({ width, height, rgba });
  expect([less.width, less.height]).toEqual([2500, 1200]);
  expect([...less.rgba.subarray(0, 4)]).toEqual([255, 85, 85, 191]);
  expect(less.rgba.subarray(0, 4)).toEqual(less.rgba.subarray(-4));
});

test("counts are told as counts, and bytes as bytes", () => {
  const work = { step: "starting", done: 0, total: 0, since: 0, stepSince: 0 };
  const words = (done: number, total: number, step: string): string =>
    workWords(english, reported(work, done, total, step));
  expect(words(0, 0, "choosing kernels")).not.toMatch(/\d/);
  expect(words(3, 53, "choosing kernels")).toMatch(/\b3\D+53\b/);
  expect(words(3, 53, "choosing kernels")).not.toMatch(/kB|MB/);
  expect(words(0, 3_032_792, "checking the device")).not.toMatch(/\d/);
  expect(words(1_500_000, 3_032_792, "loading the weights")).toContain("1.5 of 3.0 MB");
  expect(words(40_000_000, 102_000_000, "downloading")).toContain("40 of 102 MB");
});

test("no text is left in English", () => {
  // The compiler holds the catalogues to the same keys and parameters.
  const japanese = ja(formats("ja"));
  const texts = (entry: unknown): string[] =>
    typeof entry === "string"
      ? [entry]
      : typeof entry === "object" && entry
        ? Object.values(entry).flatMap(texts)
        : [];
  // What is Latin in every text of it is a name, a number or a unit.
  const untranslated = texts(japanese).filter((text) => /[a-z]{4,} [a-z]{2,} [a-z]{2,}/.test(text));
  expect(untranslated).toEqual([]);
  expect(texts(accented(english.t)).filter((text) => text && !text.startsWith("⟦"))).toEqual([]);
});

test("what the library says of several networks in a file becomes a choice", () => {
  const named = (prefix: string) => ({
    code: "network-named",
    params: { family: "ResNet", prefix },
    text: "",
  });
  const what = {
    code: "several-networks",
    params: { count: 2, networks: [named("model."), named("ema.")] },
    text: "",
  };
  const found = severalNetworks(new LibraryError("WeightsError", what));
  expect(found).toEqual([
    { family: "ResNet", prefix: "model." },
    { family: "ResNet", prefix: "ema." },
  ]);
  expect(severalNetworks(new LibraryError("WeightsError", { ...what, code: "no-layer" }))).toEqual([]);
});

test("whatever is thrown becomes a sentence", () => {
  expect(saying(new TypeError("x is not a function"))(english)).toBe("X is not a function.");
  expect(saying(new Error(""))(english)).toBe(english.t.errors.unknown);
  expect(saying("why")(english)).toBe("Why.");
});

import { expect, test } from "vitest";
import { libraryText, type Sentence } from "./library";
import { ja } from "./library.ja";

const say = (code: string, params: Sentence["params"] = {}, text = "in English"): Sentence => ({
  code,
  params,
  text,
});
const japanese = (sentence: Sentence): string => libraryText("ja", ja, sentence);

test("a sentence is made of its template, and what has none is said in English", () => {
  expect(japanese(say("tensor-missing", { name: "fc.weight" }))).toBe("fc.weightがありません。");
  expect(japanese(say("said-tomorrow"))).toBe("in English");
  expect(japanese(say("toString"))).toBe("in English");
});

test("sentences hold sentences, and an error says of what", () => {
  const expected = say("one-of", { choices: ['"probability"', '"logit"'] });
  const what = say("option-is", { option: "start", given: "true", expected });
  expect(japanese(say("error.OptionsError", { what }))).toBe(
    'この設定は使えません。startがtrueになっています。"probability"または"logit"を指定してください。',
  );
});

test("numbers and lists are written as the language does, shapes and small numbers as everywhere", () => {
  const listed = ["conv1.weight", "bn1.bias"];
  expect(japanese(say("these-and-more", { listed, more: 1200 }))).toBe("conv1.weight、bn1.bias、ほか1,200個");
  expect(japanese(say("tensor-shape", { name: "a", found: [2048, 3], expected: [64, 3] }))).toContain(
    "[2048, 3]",
  );
  expect(japanese(say("fact-epsilon", { epsilon: 1e-5 }))).toBe("バッチ正規化のεは1e-5です。");
});

test("what looks like a parameter and is none stays", () => {
  const text = libraryText("ja", { a: '{"cat": 0} {name} {other}' }, say("a", { name: "{other}", other: 3 }));
  expect(text).toBe('{"cat": 0} {other} 3');
});

import { expect, test } from "vitest";
import { batchOf, MOST, withResult } from "../src/batch";
import { birds } from "../src/models";
import { batchKey, nextItems, rows } from "../src/overview";
import { batchCsv } from "../src/saving/csv";
import { firstState, type State } from "../src/state";
import { english } from "../src/words/words";

const files = ["a.png", 'with "quotes", and commas.png', "=SUM(A1).png"].map((name) => new File(["0"], name));

const begun = (): State => ({
  ...firstState([birds], english),
  network: { id: 1, name: () => "net", called: "net", weights: [], configs: [], reading: {} },
  batch: { ...batchOf(files), runs: true },
});

const found = (asked: string) => ({
  ...{ kind: "done" as const, asked, target: 3, probability: 0.5, milliseconds: 12 },
  ...{ seen: new Uint8ClampedArray(4), overlay: new Uint8ClampedArray(4), width: 1, height: 1 },
});

test("pictures are explained in their order, and anew where something else is asked", () => {
  let state = begun();
  const [first, ...others] = state.batch?.items ?? [];
  expect(nextItems(state)).toEqual(state.batch?.items);
  state = { ...state, batch: withResult(state.batch, first?.id ?? 0, found(batchKey(state))) };
  expect(nextItems(state)).toEqual(others);
  expect(rows(state).map(({ result }) => result?.kind)).toEqual(["done", undefined, undefined]);
  // By another method nothing of it holds.
  const other: State = { ...state, settings: { ...state.settings, method: { name: "grad-cam" } } };
  expect(rows(other)[0]?.result).toBeUndefined();
  expect(nextItems(other)[0]?.id).toBe(first?.id);
  // Another class of the picture that is shown is another question, but not theirs.
  expect(rows({ ...state, settings: { ...state.settings, target: 7 } })[0]?.result?.kind).toBe("done");
  expect(nextItems({ ...state, batch: state.batch && { ...state.batch, runs: false } })).toEqual([]);
});

test("the table has a line for each picture, and no cell that a spreadsheet computes", () => {
  let state = begun();
  const [first] = state.batch?.items ?? [];
  state = { ...state, batch: withResult(state.batch, first?.id ?? 0, found(batchKey(state))) };
  const method = JSON.stringify(JSON.stringify(state.settings.method)).replaceAll('\\"', '""');
  expect(batchCsv(state).split("\r\n")).toEqual([
    "file,class,label,probability,network,method,filter,milliseconds",
    `a.png,3,,0.5,net,${method},c3,12`,
    '"with ""quotes"", and commas.png",,,,,,,',
    "'=SUM(A1).png,,,,,,,",
    "",
  ]);
});

test("no more are taken than the strip holds", () => {
  const many = Array.from({ length: MOST + 5 }, (_, at) => new File(["0"], `${at}.png`));
  expect(batchOf(many).items.length).toBe(MOST);
});

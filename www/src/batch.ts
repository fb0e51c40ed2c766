import type { Explained } from "c3lrp/client";
import { frameSettings } from "./camera";
import { labelsOf } from "./current";
import type { Settings } from "./question";
import { quoted } from "./saving/csv";
import type { State } from "./state";
import type { Say } from "./words/words";

/** The most pictures that are taken at once. */
export const MOST = 100;

/** The result for a picture of a batch, with its question. */
export type Result = { readonly asked: string } & (
  | { readonly kind: "failed"; readonly say: Say }
  | ({ readonly kind: "done"; readonly milliseconds: number } & Pick<
      Explained,
      "target" | "probability" | "seen" | "overlay" | "width" | "height"
    >)
);

/** A picture of a batch. Its file is read when it is explained or shown, so that a hundred of them fit. */
export interface Item {
  readonly id: number;
  readonly file: File;
  readonly result?: Result | undefined;
}

/** Several pictures that were given together. */
export interface Batch {
  readonly items: readonly Item[];
  /** Whether all are to be explained, one after another. */
  readonly runs: boolean;
  /** The picture that was shown last. */
  readonly shown?: number | undefined;
}

/** A picture's row in the overview. */
export interface Row {
  readonly item: Item;
  /** The result for the current question; undefined while it is missing. */
  readonly result: Result | undefined;
  /** The class's name, if the picture is explained and the network has names. */
  readonly label: string | undefined;
}

let lastId = 0;

export const batchOf = (files: readonly File[]): Batch => ({
  items: files.slice(0, MOST).map((file) => ({ id: ++lastId, file })),
  runs: false,
});

/** How the pictures are explained: with the current settings, each for its most probable class. */
export const batchSettings = (state: State): Settings => frameSettings(state);

/** The key of the question about every picture: results of another network or method are not shown. */
export function batchKey(state: State): string {
  const { method, filter, fit } = batchSettings(state);
  const options = Object.entries(method).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([state.network?.id, options, filter, fit ?? null, state.model?.info.device]);
}

/** The overview, a row for each picture in the order in which they came. */
export function rows(state: State): Row[] {
  const key = batchKey(state);
  const names = labelsOf(state)?.names;
  return (state.batch?.items ?? []).map((item) => {
    const result = item.result?.asked === key ? item.result : undefined;
    return { item, result, label: result?.kind === "done" ? names?.[result.target] : undefined };
  });
}

/** The largest number of pictures that are explained at the same time. */
const AT_ONCE = 4;

/** The next pictures to be explained, while they are. */
export const nextItems = (state: State): Item[] =>
  state.batch?.runs
    ? rows(state)
        .filter(({ result }) => result === undefined)
        .slice(0, AT_ONCE)
        .map(({ item }) => item)
    : [];

/** The batch with the result of one of its pictures; another batch stays unchanged. */
export const withResult = (batch: Batch | undefined, id: number, result: Result): Batch | undefined =>
  batch && { ...batch, items: batch.items.map((item) => (item.id === id ? { ...item, result } : item)) };

/** The batch without its failures, so that those pictures are explained again. */
export const withoutFailures = (batch: Batch | undefined): Batch | undefined =>
  batch && {
    ...batch,
    items: batch.items.map((item) =>
      item.result?.kind === "failed" ? { ...item, result: undefined } : item,
    ),
  };

/** What is kept of an explanation. */
export function resultOf(asked: string, explained: Explained): Result {
  const { target, probability, seen, overlay, width, height, milliseconds } = explained;
  const { forward, backward, filter } = milliseconds;
  const time = forward + backward + filter;
  return { kind: "done", asked, target, probability, seen, overlay, width, height, milliseconds: time };
}

/** The overview as a table of comma-separated values, by RFC 4180. */
export function batchCsv(state: State): string {
  const { method, filter } = batchSettings(state);
  const head = ["file", "class", "label", "probability", "network", "method", "filter", "milliseconds"];
  const lines = rows(state).map(({ item, result, label = "" }) => {
    const done = result?.kind === "done" ? result : undefined;
    const found = [done?.target, label, done?.probability];
    const how = done
      ? [state.network?.called, JSON.stringify(method), filter, done.milliseconds]
      : ["", "", "", ""];
    return [item.file.name, ...found, ...how].map((value) => quoted(String(value ?? ""))).join(",");
  });
  return `${[head.join(","), ...lines].join("\r\n")}\r\n`;
}

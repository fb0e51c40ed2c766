import type { Explained } from "c3lrp/client";
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

let lastId = 0;

export const batchOf = (files: readonly File[]): Batch => ({
  items: files.slice(0, MOST).map((file) => ({ id: ++lastId, file })),
  runs: false,
});

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

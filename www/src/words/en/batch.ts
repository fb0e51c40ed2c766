import type { Formats } from "../formats";

/** Several pictures at once. */
export const batch = (f: Formats) => ({
  title: (count: number): string => `${f.count(count)} pictures`,
  run: "Explain all",
  stop: "Stop",
  done: ({ done, count }: { done: number; count: number }): string =>
    `${f.count(done)} of ${f.count(count)} explained`,
  save: "Save as CSV",
  close: "Put them away",
  show: (name: string): string => `Show ${name}`,
  answer: ({ name, share }: { name: string; share: number }): string => `${name}, ${f.percent(share)}`,
  many: ({ most, count }: { most: number; count: number }): string =>
    `This page takes ${f.count(most)} pictures at once. It took the first ${f.count(most)} of ${f.count(count)}.`,
});

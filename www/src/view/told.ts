import type { Words } from "../words/words";

/** What the library says always alike, by its code, in the language that is read. */
export const told = (words: Words, code: string, text: string): string =>
  words.library({ code, params: {}, text });

import { LibraryError } from "c3lrp/client";
import { packageText } from "./words/package";
import { english, type Say, type Words } from "./words/words";

/** An error with a message for the person: what happened and what to do, in the page's language. */
export class UserError extends Error {
  override name = "UserError";
  constructor(readonly say: Say) {
    super(say(english));
  }
}

/** Turns anything thrown into a message for the person. */
export const saying =
  (error: unknown): Say =>
  (words: Words) => {
    if (error instanceof UserError) return error.say(words);
    if (error instanceof LibraryError) {
      const { name, code, params, message: text } = error;
      const own = packageText(words, error);
      if (own !== undefined) return own;
      const what = { code, params, text };
      return whole(words.library(code ? { code: `error.${name}`, params: { what }, text } : what));
    }
    const text = error instanceof Error ? error.message : String(error);
    return text.trim() ? whole(text) : words.t.errors.unknown;
  };

/** Adds a capital and a full stop. */
const whole = (text: string): string => {
  const begun = text.trim().charAt(0).toUpperCase() + text.trim().slice(1);
  return /[.!?…。！？]$/.test(begun) ? begun : `${begun}.`;
};

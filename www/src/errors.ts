import { LibraryError } from "c3lrp/client";
import { packageText } from "./words/package";
import { english, type Say } from "./words/words";

/** An error with a message for the person: what happened and what to do, in the page's language. */
export class UserError extends Error {
  override name = "UserError";
  constructor(readonly say: Say) {
    super(say(english));
  }
}

/**
 * Turns anything thrown into a message for the person. The message does not hold the error, whose call stack holds what its
 * functions had, such as a whole earlier state.
 */
export function saying(error: unknown): Say {
  if (error instanceof UserError) return error.say;
  if (error instanceof LibraryError) return libraryMessage(error);
  const text = error instanceof Error ? error.message : String(error);
  return (words) => (text.trim() ? whole(text) : words.t.errors.unknown);
}

function libraryMessage({ name, code, params, message: text }: LibraryError): Say {
  return (words) => {
    const own = packageText(words, { code, params });
    if (own !== undefined) return own;
    const what = { code, params, text };
    return whole(words.library(code ? { code: `error.${name}`, params: { what }, text } : what));
  };
}

/** Adds a capital and a full stop. */
const whole = (text: string): string => {
  const begun = text.trim().charAt(0).toUpperCase() + text.trim().slice(1);
  return /[.!?…。！？]$/.test(begun) ? begun : `${begun}.`;
};

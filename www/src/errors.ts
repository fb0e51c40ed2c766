import { english, type Say, type Sentence, type Words } from "./words/words";

/** An error whose sentence is for the person: what happened and what to do, in whichever language is read. */
export class UserError extends Error {
  override name = "UserError";
  constructor(readonly say: Say) {
    super(say(english));
  }
}

/** The person called the work off, or nobody wants it any more; nothing is to be said. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

/** An error that the library reported, or the end of a worker. */
export class EngineError extends Error {
  constructor(
    override readonly name: string,
    readonly sentence: Sentence,
  ) {
    super(sentence.text);
  }
  /** After these the worker cannot be used any more. */
  get fatal(): boolean {
    return ["DeviceLost", "DeviceWrong", "EngineError", "Crashed", "NotStarted"].includes(this.name);
  }
  /** What the device gave was wrong, and was withheld. */
  get wrong(): boolean {
    return this.name === "DeviceWrong";
  }
}

/** Any thrown thing as a sentence for the person. */
export const saying =
  (error: unknown): Say =>
  (words: Words) => {
    if (error instanceof UserError) return error.say(words);
    if (error instanceof EngineError) return whole(words.library(error.sentence));
    const text = error instanceof Error ? error.message : String(error);
    return text.trim() ? whole(text) : words.t.errors.unknown;
  };

/** With a capital and a full stop. */
const whole = (text: string): string => {
  const begun = text.trim().charAt(0).toUpperCase() + text.trim().slice(1);
  return /[.!?…。！？]$/.test(begun) ? begun : `${begun}.`;
};

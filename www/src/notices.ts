import type { ModelEntry } from "./models";
import type { Source } from "./source";
import type { Say } from "./words/words";

/** What the page says to the person, above everything else. */
export interface Notice {
  readonly kind: "error" | "word";
  readonly say: Say;
  /** Its subject; the notice is removed when that is tried again. */
  readonly about?: Topic | undefined;
  /** A button that does something about it. */
  readonly choices?: readonly { readonly say: Say; readonly action: NoticeAction }[];
}

/** Subjects of notices: actions that may fail and be tried again. */
export type Topic = "settings" | "reading" | "network" | "comparison" | "judgement";

/** What a button in a notice does. */
export type NoticeAction =
  | { readonly kind: "among"; readonly source: Source; readonly network: string }
  | { readonly kind: "use"; readonly source: Source }
  | { readonly kind: "fetch"; readonly entry: ModelEntry }
  | { readonly kind: "retry" };

/** What is left of a notice once something else is asked: a message goes, an error stays until its subject is tried again. */
export function stillSaid(notice: Notice | undefined, about?: Topic): Notice | undefined {
  const word = notice?.kind === "word" && !notice.choices;
  const read = word || (notice?.about !== undefined && notice.about === about);
  return read ? undefined : notice;
}

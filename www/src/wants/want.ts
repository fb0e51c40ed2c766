import type { On } from "c3lrp/client";
import { put } from "../answer";
import { loading } from "../current";
import type { Want } from "../desk";
import { saying } from "../errors";
import type { Topic } from "../notices";
import type { State } from "../state";
import type { Say } from "../words/words";

/** The order of work: lower numbers first. */
export const URGENCY = { load: 0, question: 1, card: 2, judge: 3, batch: 4 } as const;

/** The network for questions, once it is loaded and no other is coming. */
export const ready = (state: State): On | undefined =>
  state.model && !loading(state) ? { network: state.model, device: state.loadedBy } : undefined;

/** Keeps a failure as an outcome, and reports it. */
export const failing =
  (
    of: "outcomes" | "curves" | "films" | "concepts" | "silenced" | "parted",
    key: string,
    about?: Topic,
    title?: Say,
  ): Want["failed"] =>
  (error, now) => {
    const say = saying(error);
    const titled: Say = title ? (words) => `${title(words)}: ${say(words)}` : say;
    return {
      [of]: put<unknown>(now[of], key, { kind: "failed", say }),
      notice: { kind: "error", about, say: titled },
    };
  };

import type { On } from "c3lrp/client";
import type { Outcome, Outcomes } from "../answer";
import { loading } from "../current";
import type { Want } from "../desk";
import { saying } from "../errors";
import type { State, Topic } from "../state";
import type { Say } from "../words/words";

/** How many outcomes of a kind are kept, so that going back to one costs nothing. */
const MOST_KEPT = 48;

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

/** Keeps an outcome, and drops the oldest if there are too many. */
export function put<T>(outcomes: Outcomes<T>, key: string, outcome: Outcome<T>): Outcomes<T> {
  const kept = new Map(outcomes);
  kept.delete(key);
  kept.set(key, outcome);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
  return kept;
}

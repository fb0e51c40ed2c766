import { Cancelled } from "c3lrp/client";
import { saying } from "./errors";
import type { Topic } from "./notices";
import type { Store } from "./store";
import type { Say } from "./words/words";

/** What the page tells the person in its notice: one message at a time. */
export class Telling {
  constructor(readonly store: Store) {}

  /** Says what went wrong; `about` is its subject, if it can be tried again. */
  complain = (say: Say, about?: Topic): void => this.store.update({ notice: { kind: "error", say, about } });
  word = (say: Say): void => this.store.update({ notice: { kind: "word", say } });
  dismiss = (): void => this.store.update({ notice: undefined });

  /** Runs a person's action; any failure becomes one message. */
  attempt = (doing: () => Promise<void>): void => {
    doing().catch((error: unknown) => {
      if (!(error instanceof Cancelled)) this.complain(saying(error));
    });
  };
}

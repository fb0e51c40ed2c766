import type { Store, Work } from "./state";
import { capital } from "./words";

/** One piece of work as the page shows it. */
export interface Job {
  report(done: number, total: number, what?: string): void;
  /** Takes it off the page; called once. */
  end(): void;
}

/** Shows what is going on: of several pieces of work the one begun last. */
export class Jobs {
  readonly #open: { work: Work }[] = [];

  constructor(
    readonly store: Store,
    readonly announce: (text: string) => void,
  ) {}

  begin(kind: Work["kind"], what: string): Job {
    const mine = { work: { kind, what, done: 0, total: 0, since: performance.now() } };
    this.#open.push(mine);
    this.#show();
    this.announce(what);
    return {
      report: (done, total, now = what) => {
        mine.work = { ...mine.work, done, total, what: capital(now) };
        this.#show();
      },
      end: () => {
        this.#open.splice(this.#open.indexOf(mine), 1);
        this.#show();
      },
    };
  }

  #show(): void {
    this.store.update({ work: this.#open.at(-1)?.work });
  }
}

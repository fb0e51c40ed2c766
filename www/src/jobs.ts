import type { Store, Work } from "./state";
import { capital } from "./words";

/** One piece of work as the page shows it. */
export interface Job {
  report(done: number, total: number, what?: string): void;
  /** Takes it off the page; called once. */
  end(): void;
}

/** Work of which nothing was reported yet. */
export function begun(kind: Work["kind"], what: string): Work {
  const since = performance.now();
  return { kind, what: capital(what), done: 0, total: 0, since, stepSince: since };
}

export function reported(work: Work, done: number, total: number, now: string): Work {
  const what = capital(now);
  const stepSince = what === work.what ? work.stepSince : performance.now();
  return { ...work, done, total, what, stepSince };
}

/** Shows what is going on: of several pieces of work the one begun last. */
export class Jobs {
  readonly #open: { work: Work }[] = [];

  constructor(
    readonly store: Store,
    readonly announce: (text: string) => void,
  ) {}

  begin(kind: Work["kind"], what: string): Job {
    const mine = { work: begun(kind, what) };
    this.#open.push(mine);
    this.#show();
    this.announce(what);
    return {
      report: (done, total, now = what) => {
        mine.work = reported(mine.work, done, total, now);
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

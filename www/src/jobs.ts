import type { Store, Work } from "./state";
import { capital } from "./words";

/** One piece of work as the page shows it. */
export interface Job {
  report(done: number, total: number, what?: string): void;
  /** Takes it off the page, unless other work has taken its place. */
  end(): void;
}

/** Shows what is going on: the work begun last. */
export class Jobs {
  #last = 0;

  constructor(
    readonly store: Store,
    readonly announce: (text: string) => void,
  ) {}

  begin(kind: Work["kind"], what: string): Job {
    const number = ++this.#last;
    const work: Work = { kind, what, done: 0, total: 0, since: performance.now() };
    const show = (change: Partial<Work> | undefined): void => {
      if (number === this.#last) this.store.update({ work: change && { ...work, ...change } });
    };
    show({});
    this.announce(what);
    return {
      report: (done, total, now = what) => show({ done, total, what: capital(now) }),
      end: () => show(undefined),
    };
  }
}

import { Cancelled, type Following } from "c3lrp/client";
import type { State, Work } from "./state";
import type { Store } from "./store";

/** A piece of the engine's work that a state asks for. */
export interface Want {
  /** Equal work has equal keys, and runs only once. */
  readonly key: string;
  /** A lower number is more urgent. It interrupts less urgent work, which restarts later. */
  readonly urgency: number;
  /** Whether it needs no network, and so runs beside other work. */
  readonly beside?: boolean;
  /** Does the work, and returns a change to the state at that time. */
  run(following: Following): Promise<Change>;
  /** The change to make after a failure. */
  failed(error: unknown, now: State): Partial<State>;
}

export type Change = (state: State) => Partial<State>;

/**
 * Keeps the engine busy with the work that the state needs: after every change it looks at the wants, ends work that
 * nobody wants any more, and starts the most urgent of the rest. There is no other queue; only lists of names are
 * parsed outside of it.
 */
export class Desk {
  /** The running work, by key: at most one piece that needs the network, and any number beside it. */
  readonly #running = new Map<string, { readonly want: Want; readonly stop: AbortController }>();

  constructor(
    readonly store: Store,
    readonly wants: (state: State) => readonly Want[],
  ) {}

  /** Follows the store from now on. */
  open(): void {
    this.store.follow(() => this.#look());
  }

  #look(): void {
    const wanted = this.wants(this.store.state);
    const keys = new Set(wanted.map(({ key }) => key));
    const [first] = wanted.filter(({ beside }) => !beside).sort((a, b) => a.urgency - b.urgency);
    let busy = false;
    for (const { want, stop } of this.#running.values()) {
      const putOff = !want.beside && first !== undefined && first.urgency < want.urgency;
      if (!keys.has(want.key) || putOff) stop.abort();
      busy ||= !want.beside;
    }
    for (const want of wanted) {
      const next = want.beside || (want === first && !busy);
      if (next && !this.#running.has(want.key)) void this.#do(want);
    }
  }

  async #do(want: Want): Promise<void> {
    const { key, beside } = want;
    const stop = new AbortController();
    this.#running.set(key, { want, stop });
    let work = begun();
    const tell = (): void => {
      if (!beside) this.store.update({ running: { key, work } });
    };
    tell();
    const onProgress: Following["onProgress"] = (done, total, step) => {
      work = reported(work, done, total, step);
      tell();
    };
    const change = await outcome(want, { signal: stop.signal, onProgress });
    this.#running.delete(key);
    this.store.update({ ...change?.(this.store.state), ...(beside ? {} : { running: undefined }) });
  }
}

/** The change that work makes; undefined if it was cancelled. */
async function outcome(want: Want, following: Following): Promise<Change | undefined> {
  const { signal } = following;
  try {
    const change = await want.run(following);
    return signal.aborted ? undefined : change;
  } catch (error) {
    return signal.aborted || error instanceof Cancelled ? undefined : (now) => want.failed(error, now);
  }
}

/** Work without reported progress. */
export function begun(step = "starting"): Work {
  const since = performance.now();
  return { step, done: 0, total: 0, since, stepSince: since };
}

export function reported(work: Work, done: number, total: number, step: string): Work {
  const stepSince = step === work.step ? work.stepSince : performance.now();
  return { ...work, step, done, total, stepSince };
}

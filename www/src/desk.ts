import { Cancelled, type Following } from "c3lrp/client";
import type { State, Work } from "./state";
import type { Store } from "./store";

/** A piece of the engine's work that a state asks for. */
export interface Want {
  /** Equal work has equal keys: it is under way once. */
  readonly key: string;
  /** What is more urgent has less. It puts off what is less urgent, which starts anew later. */
  readonly urgency: number;
  /** Whether it needs no network, and so goes on beside other work. */
  readonly beside?: boolean;
  /** Does it, and gives what it changes in the state as it then is. */
  run(following: Following): Promise<Change>;
  /** What a failure changes. */
  failed(error: unknown, now: State): Partial<State>;
}

export type Change = (state: State) => Partial<State>;

/**
 * Keeps the engine at what the state asks for: after every change it looks at what is wanted, ends what nobody
 * wants any more, and begins the most urgent of the rest. There is no other queue, and nobody else asks the engine
 * for anything but the names in a list.
 */
export class Desk {
  /** The work under way, by its key: one that needs the network, and any that goes on beside it. */
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

/** What work changes; nothing where it was called off. */
async function outcome(want: Want, following: Following): Promise<Change | undefined> {
  const { signal } = following;
  try {
    const change = await want.run(following);
    return signal.aborted ? undefined : change;
  } catch (error) {
    return signal.aborted || error instanceof Cancelled ? undefined : (now) => want.failed(error, now);
  }
}

/** Work of which nothing was reported yet. */
export function begun(step = "starting"): Work {
  const since = performance.now();
  return { step, done: 0, total: 0, since, stepSince: since };
}

export function reported(work: Work, done: number, total: number, step: string): Work {
  const stepSince = step === work.step ? work.stepSince : performance.now();
  return { ...work, step, done, total, stepSince };
}

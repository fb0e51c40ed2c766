import { Cancelled } from "./errors";
import type { Following } from "./protocol";
import type { Running, State, Work } from "./state";
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
  failed(error: unknown): Change;
}

export type Change = (state: State) => Partial<State>;

/**
 * Keeps the engine at what the state asks for: after every change it looks at what is wanted, ends what nobody
 * wants any more, and begins the most urgent of the rest. There is no other queue, and nobody else asks the engine
 * for anything but the names in a list.
 */
export class Desk {
  /** The work that needs the network: one at a time. */
  #current: { readonly want: Want; readonly stop: AbortController } | undefined;
  readonly #beside = new Map<string, AbortController>();

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
    for (const [key, stop] of this.#beside) if (!keys.has(key)) stop.abort();
    for (const want of wanted) if (want.beside && !this.#beside.has(want.key)) void this.#doBeside(want);
    const [first] = wanted.filter(({ beside }) => !beside).sort((a, b) => a.urgency - b.urgency);
    const current = this.#current;
    if (current) {
      const urgent = first !== undefined && first.urgency < current.want.urgency;
      if (!keys.has(current.want.key) || urgent) current.stop.abort();
    } else if (first) void this.#do(first);
  }

  async #doBeside(want: Want): Promise<void> {
    const stop = new AbortController();
    this.#beside.set(want.key, stop);
    const change = await outcome(want, { signal: stop.signal, onProgress: () => {} });
    this.#beside.delete(want.key);
    this.store.update(change?.(this.store.state) ?? {});
  }

  async #do(want: Want): Promise<void> {
    const stop = new AbortController();
    this.#current = { want, stop };
    let work = begun();
    const tell = (): void => this.store.update({ running: { key: want.key, work } satisfies Running });
    tell();
    const onProgress: Following["onProgress"] = (done, total, step) => {
      work = reported(work, done, total, step);
      tell();
    };
    const change = await outcome(want, { signal: stop.signal, onProgress });
    this.#current = undefined;
    this.store.update({ ...change?.(this.store.state), running: undefined });
  }
}

/** What work changes; nothing where it was called off. */
async function outcome(want: Want, following: Following): Promise<Change | undefined> {
  const { signal } = following;
  try {
    const change = await want.run(following);
    return signal.aborted ? undefined : change;
  } catch (error) {
    return signal.aborted || error instanceof Cancelled ? undefined : want.failed(error);
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

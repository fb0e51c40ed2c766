import { Cancelled, type Engine, type Following, type Pool } from "c3lrp/client";
import type { State } from "./state";
import type { Store } from "./store";
import { begun, reported, type Work } from "./work";

/** A piece of the engine's work that a state asks for. */
export interface Want {
  /** Equal work has equal keys, and runs only once. */
  readonly key: string;
  /** A lower number is more urgent. It interrupts less urgent work, which restarts later. */
  readonly urgency: number;
  /** Whether it needs no network, and so runs beside other work. */
  readonly beside?: boolean;
  /** Whether a further worker may do it. The shown picture belongs to the first worker, which has done part of the work. */
  readonly anywhere?: boolean;
  /** Does the work in a worker, and returns a change to the state at that time. */
  run(following: Following, engine: Engine, pool: Pool): Promise<Change>;
  /** The change to make after a failure. */
  failed(error: unknown, now: State): Partial<State>;
}

export type Change = (state: State) => Partial<State>;

/**
 * Keeps the workers busy with the work that the state needs: after every change it looks at the wants, ends work that
 * nobody wants any more, and starts the most urgent of the rest, one in each free worker. There is no other queue; only
 * lists of names are parsed outside of it.
 */
export class Desk {
  /** The running work, by key: in each worker at most one piece that needs the network, and any number beside it. */
  readonly #running = new Map<string, Running>();

  constructor(
    readonly store: Store,
    readonly wants: (state: State) => readonly Want[],
    readonly pool: Pool,
  ) {}

  /** Follows the store from now on. */
  open(): void {
    this.store.follow(() => this.#look());
    this.pool.onReady = () => this.#look();
  }

  #look(): void {
    const wanted = this.wants(this.store.state);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const { want, stop } of this.#running.values()) if (!keys.has(want.key)) stop.abort();
    const inOrder = [...wanted].sort((a, b) => a.urgency - b.urgency);
    for (const want of inOrder) {
      // Starting a piece of work changes the state, so this may be called again meanwhile.
      if (this.#running.has(want.key)) continue;
      const stop = new AbortController();
      const engine = want.beside ? this.pool.first : this.pool.lend(want.anywhere ?? false, stop.signal);
      if (engine) void this.#do(want, engine, stop);
    }
    const next = inOrder.find(({ key }) => !this.#running.has(key));
    for (const { want, engine, stop } of this.#running.values()) {
      const first = !want.beside && engine === this.pool.first;
      if (first && next && next.urgency < want.urgency) stop.abort();
    }
  }

  async #do(want: Want, engine: Engine, stop: AbortController): Promise<void> {
    const { key, beside } = want;
    this.#running.set(key, { want, engine, stop });
    let work = begun();
    if (!beside) this.store.update({ running: underWay(this.store.state, key, work) });
    const onProgress: Following["onProgress"] = (done, total, step) => {
      work = reported(work, done, total, step);
      if (!beside) this.store.tell({ running: underWay(this.store.state, key, work) });
    };
    const { change, error } = await outcome(want, engine, this.pool, { signal: stop.signal, onProgress });
    this.#running.delete(key);
    // If a further worker broke, its work is still wanted, and another worker does it.
    const again = !beside && this.pool.giveBack(engine, error);
    const { state } = this.store;
    this.store.update({
      ...(again ? {} : change?.(state)),
      ...(beside ? {} : { running: underWay(state, key) }),
    });
  }
}

interface Running {
  readonly want: Want;
  readonly engine: Engine;
  readonly stop: AbortController;
}

/** Runs work: its change to the state, and its error if it failed. Cancelled work changes nothing. */
async function outcome(
  want: Want,
  engine: Engine,
  pool: Pool,
  following: Following,
): Promise<{ readonly change?: Change | undefined; readonly error?: unknown }> {
  const { signal } = following;
  try {
    const change = await want.run(following, engine, pool);
    return signal.aborted ? {} : { change };
  } catch (error) {
    const off = signal.aborted || error instanceof Cancelled;
    return { error, ...(off ? {} : { change: (now) => want.failed(error, now) }) };
  }
}

/** The running work with the progress of one piece; without that piece once it has ended. */
function underWay({ running }: State, key: string, work?: Work): State["running"] {
  const now = new Map(running);
  if (work) now.set(key, work);
  else now.delete(key);
  return now;
}

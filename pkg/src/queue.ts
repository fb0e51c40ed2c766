import type { Engine } from "./engine.js";
import type { Pool } from "./pool.js";

/** Work that begins in the order in which it comes, one thing at a time in each worker of a pool. */
export class Queue {
  readonly #waiting: { readonly begin: (engine: Engine) => void; readonly signal: AbortSignal }[] = [];

  constructor(readonly pool: Pool) {
    pool.onReady = () => this.#next();
  }

  /**
   * Does work when its turn comes. Once `signal` aborts this fails with its reason: at once, although work under way
   * goes on to its next step before its worker begins another.
   */
  async run<T>(work: (engine: Engine) => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#turn(work, signal);
    const settled = new AbortController();
    try {
      return await new Promise<T>((resolve, reject) => {
        const stop = (): void => reject(signal.reason);
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop, { signal: settled.signal });
        turn.then(resolve, reject);
      });
    } finally {
      settled.abort();
    }
  }

  async #turn<T>(work: (engine: Engine) => Promise<T>, signal: AbortSignal): Promise<T> {
    const engine = await new Promise<Engine>((begin) => {
      this.#waiting.push({ begin, signal });
      this.#next();
    });
    let again = false;
    try {
      signal.throwIfAborted();
      const done = await work(engine);
      this.pool.giveBack(engine);
      return done;
    } catch (error) {
      again = this.pool.giveBack(engine, error) && !signal.aborted;
      if (!again) throw error;
    } finally {
      this.#next();
    }
    return await this.#turn(work, signal);
  }

  #next(): void {
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const engine = this.pool.lend(true, first.signal);
      if (!engine) return;
      this.#waiting.shift();
      first.begin(engine);
    }
  }
}

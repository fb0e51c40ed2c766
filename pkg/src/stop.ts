/** Calls work off: with any of the signals that it is given, or by itself. */
export class Stop {
  readonly #own = new AbortController();
  readonly #settled = new AbortController();

  constructor(...signals: readonly AbortSignal[]) {
    for (const one of signals) {
      const follow = (): void => this.now(one.reason);
      if (one.aborted) follow();
      one.addEventListener("abort", follow, { signal: this.#settled.signal });
    }
  }

  /** Aborts as soon as the work is called off. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Calls the work off; the first reason counts. */
  now(reason: unknown): void {
    this.#own.abort(reason);
  }

  /** The work has ended: the signals are listened to no longer. */
  settle(): void {
    this.#settled.abort();
  }
}

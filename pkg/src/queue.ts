/** Runs work one piece after another, because a network does one thing at a time. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs work when all work before it has ended. If `signal` aborts, this fails at once with its reason, but running
   * work continues to its next step before other work begins.
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = turn.catch(() => {});
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
}

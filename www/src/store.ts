import type { State } from "./state";

/** Holds the state; changes made in one go are followed once. */
export class Store {
  #state: State;
  #queued = false;
  readonly #followers: ((state: State) => void)[] = [];

  constructor(first: State) {
    this.#state = first;
  }

  get state(): State {
    return this.#state;
  }

  /** Calls this with the state, now and after every change. */
  follow(follow: (state: State) => void): void {
    this.#followers.push(follow);
    follow(this.#state);
  }

  update(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      for (const follow of this.#followers) follow(this.#state);
    });
  }
}

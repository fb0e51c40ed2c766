import type { State } from "./state";

/** Holds the state; several changes at once notify only once. */
export class Store {
  #queued = false;
  readonly #followers: ((state: State) => void)[] = [];

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  /** Calls this with the state, now and after every change. */
  follow(follow: (state: State) => void): void {
    this.#followers.push(follow);
    follow(this.current);
  }

  update(change: Partial<State>): void {
    this.current = { ...this.current, ...change };
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      for (const follow of this.#followers) follow(this.current);
    });
  }
}

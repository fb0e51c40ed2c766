import { stillSaid, type Topic } from "./notices";
import type { State } from "./state";

/** Milliseconds that a change which can wait is kept back at most. */
const PATIENCE = 100;

/** Holds the state; several changes at once notify only once. */
export class Store {
  #queued = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  readonly #followers: ((state: State) => void)[] = [];
  #draw: (state: State) => void = () => {};

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  /** Calls this with the state, now and after every change. */
  follow(follow: (state: State) => void): void {
    this.#followers.push(follow);
    follow(this.current);
  }

  /** Calls this with the state, now and whenever the followers have nothing more to change. */
  draw(draw: (state: State) => void): void {
    this.#draw = draw;
    draw(this.current);
  }

  update(change: Partial<State>): void {
    this.current = { ...this.current, ...change };
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => this.#notify());
  }

  /** A change after which something else is asked; `about` is the subject that is tried again, if it was in a notice. */
  ask(change: Partial<State>, about?: Topic): void {
    this.update({ notice: stillSaid(this.current.notice, about), ...change });
  }

  /** A change that can wait, such as how far work is: it is told with the next one, or after a moment. */
  tell(change: Partial<State>): void {
    this.current = { ...this.current, ...change };
    if (!this.#queued) this.#waiting ??= setTimeout(() => this.update({}), PATIENCE);
  }

  #notify(): void {
    this.#queued = false;
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    for (const follow of this.#followers) follow(this.current);
    if (!this.#queued) this.#draw(this.current);
  }
}

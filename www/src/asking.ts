import { done } from "./answer";
import { questionOf, targetOf } from "./current";
import type { Against, Settings } from "./question";
import type { Store } from "./store";

/** A person's actions on the question about the picture. */
export class Asking {
  constructor(readonly store: Store) {}

  set = (change: Partial<Settings>): void => this.#ask({ ...this.store.state.settings, ...change });

  /** Explains a class, and ends a contrast with another class. */
  explainClass = (target: number): void => {
    const { against, ...others } = this.store.state.settings;
    const kept = against === undefined || against === target ? {} : { against };
    this.#ask({ ...others, ...kept, target });
  };

  /** Sets the explained class against others, or ends the contrast. */
  holdAgainst = (against: Against | undefined): void => {
    const { against: _, ...settings } = this.store.state.settings;
    const target = targetOf(this.store.state);
    const alone = against === undefined || target === undefined || against === target;
    this.#ask(alone ? settings : { ...settings, target, against });
  };

  #ask(settings: Settings): void {
    const { state } = this.store;
    const { arriving } = state;
    // Asking again restarts cancelled work.
    const outcomes = done(state.outcomes, [questionOf({ ...state, settings })]);
    this.store.ask(
      { settings, outcomes, arriving: arriving?.until === "photo" ? undefined : arriving },
      "settings",
    );
  }
}

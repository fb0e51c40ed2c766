import type { MethodName } from "c3lrp";
import { done } from "./answer";
import { cards, riseKey } from "./compared";
import type { Comparison } from "./comparison";
import { withOne } from "./lists";
import type { Store } from "./store";

/** A person's actions on the comparison of methods. */
export class Comparing {
  constructor(readonly store: Store) {}

  open = (open: boolean): void => this.#compare({ open, halted: false, rise: undefined });
  pick = (name: MethodName, on: boolean): void => {
    const picked = withOne(this.store.state.comparison.picked, name, on);
    this.#compare({ picked, halted: false, ...(name === "rise" ? this.#rise(on) : {}) });
    if (on) this.#askAgain();
  };
  show = (shows: Comparison["shows"]): void => this.#compare({ shows });
  /** Uses one colour scale for all maps, or one for each. */
  share = (common: boolean): void => this.#compare({ common });
  /** Runs RISE with so many masks, or as many as take about a minute. */
  rise = (masks: number | undefined): void => {
    this.#compare({ masks, halted: false, ...this.#rise(true) });
    this.#askAgain();
  };
  /** Runs the cards that were cancelled or failed. */
  resume = (): void => {
    this.#compare({ halted: false });
    this.#askAgain();
  };
  /** Cancels the rest; finished ones are kept. */
  cancel = (): void => this.#compare({ halted: true });

  #rise(on: boolean): Pick<Comparison, "rise"> {
    const { answer } = this.store.state;
    return { rise: on && answer ? riseKey(answer) : undefined };
  }

  #askAgain(): void {
    const { state } = this.store;
    const questions = cards(state).map(({ question }) => question);
    this.store.ask({ outcomes: done(state.outcomes, questions), troubles: new Set() });
  }

  #compare(change: Partial<Comparison>): void {
    this.store.ask({ comparison: { ...this.store.state.comparison, ...change } }, "comparison");
  }
}

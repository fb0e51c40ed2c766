import { done } from "./answer";
import type { CurveSettings, Judgement } from "./judgement";
import type { Store } from "./store";

/** A person's actions on the faithfulness section. */
export class Judging {
  constructor(readonly store: Store) {}

  open = (open: boolean): void => this.#judge({ open, halted: false });
  set = (change: Partial<CurveSettings>): void =>
    this.#judge({ judge: { ...this.store.state.judgement.judge, ...change }, halted: false });
  compareWithBaselines = (baselines: boolean): void => this.#judge({ baselines, halted: false });
  /** Shows the pictures of a map, by its id. */
  choose = (chosen: string): void => this.#judge({ chosen });
  /** Looks at a point of the curves. */
  lookAt = (point: number): void => this.#judge({ point });
  /** Measures again what was cancelled or failed. */
  resume = (): void => {
    this.#judge({ halted: false });
    const { state } = this.store;
    this.store.ask({ curves: done(state.curves), films: done(state.films) });
  };
  /** Cancels the rest; finished ones are kept. */
  cancel = (): void => this.#judge({ halted: true });

  #judge(change: Partial<Judgement>): void {
    this.store.ask({ judgement: { ...this.store.state.judgement, ...change } }, "judgement");
  }
}

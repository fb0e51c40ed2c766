import { rankClasses } from "./classes";
import type { Engine } from "./engine";
import type { Jobs } from "./jobs";
import { className } from "./labels";
import type { Explained } from "./protocol";
import type { Settings, State, Store } from "./state";
import { mapInWords, percent } from "./words";

/** How many explanations of one picture are kept, so that going back to one costs nothing. */
const MOST_KEPT = 24;

/** Explains what the state asks for, and shows what came out. */
export class Explaining {
  readonly #kept = new Map<string, Explained>();
  /** What was asked for while an explanation was under way. */
  #askedMeanwhile = false;

  constructor(
    readonly store: Store,
    readonly engine: Engine,
    readonly jobs: Jobs,
  ) {}

  get #state(): State {
    return this.store.state;
  }

  /** After another picture or network, nothing of what was explained is of use. */
  forget(): void {
    this.#kept.clear();
  }

  /** What was asked for meanwhile is called off too. */
  cancel(): void {
    this.#askedMeanwhile = false;
  }

  /** Runs until what came out is what is asked for. */
  async run(): Promise<void> {
    if (!this.#state.picture || !this.#state.model) return;
    if (this.#state.work) {
      this.#askedMeanwhile = true;
      return;
    }
    do {
      this.#askedMeanwhile = false;
      await this.#once();
    } while (this.#askedMeanwhile);
  }

  async #once(): Promise<void> {
    const { picture, settings: set } = this.#state;
    if (!picture) return;
    // A drawn bird is square as it is: all of it is taken, whatever is set for other pictures.
    const settings: Settings = picture.bird ? { ...set, fit: "whole" } : set;
    const known = this.#kept.get(JSON.stringify(settings));
    if (known) {
      this.#show(known, settings);
      return;
    }
    const job = this.jobs.begin("explain", "Starting");
    try {
      const explained = await this.engine.explain(picture, settings, job.report);
      if (this.#state.picture !== picture) return;
      this.#keep(explained, settings);
      this.#show(explained, settings);
    } catch (error) {
      // Without an explanation there is no map to be shown, and none that was there before.
      this.store.update({ result: undefined });
      throw error;
    } finally {
      job.end();
    }
  }

  #keep(explained: Explained, settings: Settings): void {
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(JSON.stringify(settings), explained);
    const { target } = explained;
    this.#kept.set(JSON.stringify({ ...settings, target }), explained);
  }

  #show(explained: Explained, { filter }: Settings): void {
    const { map, mask, width, height, target, probability } = explained;
    const words = mapInWords(map, mask, width, height);
    this.store.update({
      result: { explained, ranked: rankClasses(explained.logits), words, filter },
      probe: undefined,
    });
    this.jobs.announce(
      `${className(this.#state.labels, target)}, ${percent(probability)}. The strongest relevance lies ${words.place}.`,
    );
  }
}

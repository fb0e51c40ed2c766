import { rankClasses } from "./classes";
import type { Comparing } from "./comparing";
import { EngineError } from "./engine";
import type { Explanations } from "./explanations";
import type { Jobs } from "./jobs";
import { className } from "./labels";
import type { Explained } from "./protocol";
import { asksForNetwork, type Settings, type State, type Store } from "./state";
import { Cancelled, mapInWords, percent, sentence, UserError } from "./words";

/** Explains what the state asks for, and shows what came out. */
export class Explaining {
  /** What was asked for while an explanation was under way. */
  #askedMeanwhile = false;
  #calledOff = false;
  /** Whether it is RISE that is under way, which takes a minute. */
  #rising = false;
  /** The method that gave a map last. */
  #worked: Settings["method"] | undefined;

  constructor(
    readonly store: Store,
    readonly explanations: Explanations,
    readonly comparing: Comparing,
    readonly jobs: Jobs,
  ) {}

  get #state(): State {
    return this.store.state;
  }

  /** What was asked for meanwhile is called off too. */
  cancel(): void {
    this.#askedMeanwhile = false;
    this.#calledOff = true;
  }

  /** Calls RISE off where it is under way, for what can't wait a minute; it starts anew after that. */
  makeWay(): void {
    if (!this.#rising) return;
    this.#askedMeanwhile = true;
    this.explanations.engine.cancel();
  }

  /** Runs until what came out is what is asked for. */
  async run(): Promise<void> {
    if (!this.#state.picture || !this.#state.model) return;
    if (this.#state.work) {
      this.#askedMeanwhile = true;
      this.makeWay();
      return;
    }
    try {
      do {
        this.#askedMeanwhile = false;
        await this.#once();
      } while (this.#askedMeanwhile);
    } catch (error) {
      await this.#goBack(error);
      throw error;
    } finally {
      this.comparing.follow();
    }
  }

  async #once(): Promise<void> {
    const { picture, settings } = this.#state;
    if (!picture) return;
    if (asksForNetwork(this.#state)) {
      this.jobs.announce("The network in use knows drawn birds alone. Choose a network for this photograph.");
      return;
    }
    this.#calledOff = false;
    const known = this.explanations.kept(picture, settings);
    if (known) {
      this.#show(known, settings);
      return;
    }
    const job = this.jobs.begin("explain", "Starting");
    try {
      await this.comparing.pause();
      if (this.#calledOff) throw new Cancelled();
      this.#rising = settings.method.name === "rise";
      const explained = await this.explanations.make(picture, settings, job.report);
      if (this.#state.picture !== picture) return;
      this.#show(explained, settings);
    } catch (error) {
      if (error instanceof Cancelled && this.#askedMeanwhile) return;
      // Without an explanation there is no map to be shown, and none that was there before.
      this.store.update({ result: undefined });
      throw error;
    } finally {
      this.#rising = false;
      job.end();
    }
  }

  /** Options that the library refuses give no map: the method before is taken again, and the person told. */
  async #goBack(error: unknown): Promise<void> {
    const { settings } = this.#state;
    const refused = error instanceof EngineError && error.name === "OptionsError";
    if (!refused || !this.#worked || this.#worked === settings.method) return;
    this.store.update({ settings: { ...settings, method: this.#worked } });
    await this.run();
    throw new UserError(`${sentence(error)} What was set before is kept.`);
  }

  #show(explained: Explained, settings: Settings): void {
    const { map, mask, width, height, target, probability, probabilities } = explained;
    const words = mapInWords(map, mask, width, height);
    this.#worked = settings.method;
    this.store.update({
      result: { explained, ranked: rankClasses(probabilities), words, settings },
      probe: undefined,
    });
    this.jobs.announce(
      `${className(this.#state.labels, target)}, ${percent(probability)}. The strongest relevance lies ${words.place}.`,
    );
  }
}

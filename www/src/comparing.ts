import type { MethodInfo, MethodName } from "c3lrp";
import type { Engine } from "./engine";
import { asked, type Explanations } from "./explanations";
import { begun, type Jobs, reported } from "./jobs";
import type { Judging } from "./judging";
import { cardOptions, cost, methodTitle, whyNot } from "./methods";
import type { Card, Comparison, Settings, State, Store } from "./state";
import { Cancelled, sentence } from "./words";

/** How many methods stand side by side. */
export const [FEWEST, MOST] = [2, 6];

/** Explains the picture by several methods, one after another, whenever the engine has nothing else to do. */
export class Comparing {
  #running: Promise<void> | undefined;
  /** Whether the engine is needed elsewhere. */
  #paused = false;

  constructor(
    readonly store: Store,
    readonly engine: Engine,
    readonly explanations: Explanations,
    readonly judging: Judging,
    readonly jobs: Jobs,
    readonly complain: (text: string) => void,
  ) {}

  get #state(): State {
    return this.store.state;
  }
  get #comparison(): Comparison {
    return this.#state.comparison;
  }

  open(open: boolean): void {
    if (!open) this.cancel();
    this.#update({ open, halted: false, rise: false });
    this.follow();
  }

  pick(name: MethodName, on: boolean): void {
    const { picked, making } = this.#comparison;
    if (!on && making?.method === name) this.#stop();
    if (this.#comparison.cards[name]?.kind === "failed") this.#drop(name);
    const rest = picked.filter((one) => one !== name);
    this.#update({ picked: on ? [...rest, name] : rest, halted: false });
    if (name === "rise") this.#update({ rise: on });
    this.#go();
  }

  show(shows: Comparison["shows"]): void {
    this.#update({ shows });
  }

  /** Runs RISE with so many masks, or as many as take about a minute. */
  rise(masks: number | undefined): void {
    this.#drop("rise");
    this.#update({ masks, rise: true, halted: false });
    this.#stopRise();
    this.#go();
  }

  /** Makes the cards that were called off. */
  resume(): void {
    this.#update({ halted: false });
    this.#go();
  }

  /** Calls the rest off; what is done is kept. */
  cancel(): void {
    this.#update({ halted: true });
    this.#stop();
  }

  /** After another picture or network, nothing on the cards is true any more. */
  forget(): void {
    const { model } = this.#state;
    const picked = this.#comparison.picked.filter((name) => whyNot(name, model?.info) === undefined);
    this.#update({ cards: {}, of: "", rise: false, picked });
  }

  /** Goes on, with cards of what is explained now; RISE waits until it is asked for again. */
  follow(): void {
    this.#paused = false;
    const settings = this.#settings();
    if (!settings) return;
    const of = JSON.stringify(settings);
    if (of !== this.#comparison.of) {
      this.#update({ of, halted: false, rise: false });
      this.#stopRise();
    }
    this.#go();
  }

  /** Leaves the engine to others, once the card at hand is made; RISE would take too long for that. */
  async pause(): Promise<void> {
    this.#paused = true;
    this.#stopRise();
    await Promise.all([this.judging.pause(), this.#running]);
  }

  #go(): void {
    this.#running ??= this.#fill().finally(() => {
      this.#running = undefined;
      // What is measured are the maps that are there, when nothing else is to be done.
      if (!this.#paused) this.judging.follow();
    });
  }

  async #fill(): Promise<void> {
    if (this.#next()) await this.judging.pause();
    for (let next = this.#next(); next; next = this.#next()) await this.#make(next);
  }

  /** The next card that is missing, cheap ones first; none while the engine is needed elsewhere. */
  #next(): MethodName | undefined {
    const { open, picked, cards, of, halted, rise } = this.#comparison;
    const { methods, picture } = this.#state;
    const settings = this.#settings();
    if (!open || halted || this.#paused || of === "" || !picture || !settings) return undefined;
    const ready = (name: MethodName): boolean =>
      this.explanations.ready(picture, { ...settings, method: cardOptions(this.#comparison, name) });
    const missing = methods.filter(
      ({ name }) =>
        picked.includes(name) && cards[name]?.of !== of && (rise || name !== "rise" || ready(name)),
    );
    const price = (method: MethodInfo): number => (ready(method.name) ? -1 : cost(method));
    return missing.sort((a, b) => price(a) - price(b))[0]?.name;
  }

  async #make(method: MethodName): Promise<void> {
    const { picture, model } = this.#state;
    const settings = this.#settings();
    if (!picture || !settings) return;
    const { of } = this.#comparison;
    const full: Settings = { ...settings, method: cardOptions(this.#comparison, method) };
    let work = begun("compare", "Starting");
    const told = (): void => this.#update({ making: { method, work } });
    const put = (card: Card): void => {
      if (this.#state.picture !== picture || this.#state.model !== model) return;
      this.#update({ cards: { ...this.#comparison.cards, [method]: card } });
    };
    told();
    try {
      const explained =
        this.explanations.kept(picture, full) ??
        (await this.explanations.make(picture, full, (done, total, what) => {
          work = reported(work, done, total, what);
          told();
        }));
      put({ kind: "done", of, explained });
      this.jobs.announce(`${methodTitle(method)} is done.`);
    } catch (error) {
      if (error instanceof Cancelled) return;
      put({ kind: "failed", of, text: sentence(error) });
      this.complain(`${methodTitle(method)}: ${sentence(error)}`);
    } finally {
      this.#update({ making: undefined });
    }
  }

  /** Ends the card at hand. */
  #stop(): void {
    if (this.#comparison.making && this.engine.busy) this.engine.cancel();
  }

  #drop(name: MethodName): void {
    const { [name]: _, ...cards } = this.#comparison.cards;
    this.#update({ cards });
  }

  #stopRise(): void {
    if (this.#comparison.making?.method === "rise") this.#stop();
  }

  /** What every card is to be of: what the page shows, with the class named. */
  #settings(): Omit<Settings, "method"> | undefined {
    const { result, picture } = this.#state;
    if (!result || !picture) return undefined;
    const { method: _, ...settings } = asked(picture, result.settings);
    return { ...settings, target: result.explained.target };
  }

  #update(change: Partial<Comparison>): void {
    this.store.update({ comparison: { ...this.#comparison, ...change } });
  }
}

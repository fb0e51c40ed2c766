import type { MethodName } from "c3lrp";
import { baselines } from "./baselines";
import type { Engine } from "./engine";
import { asked } from "./explanations";
import { blank } from "./facts";
import { begun, type Jobs, reported } from "./jobs";
import { cardOptions, methodTitle } from "./methods";
import type { Picture } from "./picture";
import type { Explained, Film, Judge } from "./protocol";
import type { Judgement, Settings, State, Store, Tried, Verdict } from "./state";
import { Cancelled, sentence, shortFigure } from "./words";

/** How many verdicts on one picture's maps are remembered. */
const MOST_KEPT = 96;

/** A map that is measured: one that the page shows, or one that knows nothing. */
export interface Candidate extends Tried {
  readonly title: string;
  readonly baseline: boolean;
}

/** The maps to be measured, as they are shown: the main view's and the comparison's, in the methods' order. */
export function candidates({ result, methods, comparison, judgement }: State): Candidate[] {
  if (!result) return [];
  const { explained: main, settings } = result;
  const { judge } = judgement;
  const of = (title: string, { filtered, target }: Explained): Candidate => ({
    title,
    map: filtered,
    target,
    judge,
    baseline: false,
  });
  const card = (name: MethodName): Candidate[] => {
    const one = comparison.cards[name];
    if (!comparison.open || !comparison.picked.includes(name)) return [];
    if (one?.kind !== "done" || one.of !== comparison.of) return [];
    // The main view's is the card's, or has options of its own.
    if (JSON.stringify(cardOptions(comparison, name)) === JSON.stringify(settings.method)) return [];
    const title = methodTitle(name);
    return [of(name === settings.method.name ? `${title}, by default` : title, one.explained)];
  };
  const shown = methods.flatMap(({ name }) =>
    name === settings.method.name ? [of(methodTitle(name), main), ...card(name)] : card(name),
  );
  const { width, height, target } = main;
  const known = judgement.baselines ? baselines(width, height) : [];
  return [...shown, ...known.map((one) => ({ ...one, target, judge, baseline: true }))];
}

/** The one whose pictures are shown: the main view's where none is chosen. */
export const chosenOf = (state: State, among: readonly Candidate[]): Candidate | undefined =>
  among.find(({ title }) => title === state.judgement.chosen) ??
  among.find(({ map }) => map === state.result?.explained.filtered);

export const same = (a: Tried, b: Tried): boolean =>
  a.map === b.map &&
  a.target === b.target &&
  a.judge.protocol === b.judge.protocol &&
  a.judge.ties === b.judge.ties;

export const verdictOn = ({ verdicts }: Judgement, one: Tried): Verdict | undefined =>
  verdicts.find((verdict) => same(verdict, one));

/** Measures one map after another, whenever neither an explanation nor a comparison needs the engine. */
export class Judging {
  #running: Promise<void> | undefined;
  /** The map at hand, and what calls it off. */
  #current: { readonly one: Tried; readonly calledOff: AbortController } | undefined;
  /** Whether the engine is needed elsewhere. */
  #paused = false;

  constructor(
    readonly store: Store,
    readonly engine: Engine,
    readonly jobs: Jobs,
    readonly complain: (text: string) => void,
  ) {}

  get #state(): State {
    return this.store.state;
  }
  get #judgement(): Judgement {
    return this.#state.judgement;
  }

  open(open: boolean): void {
    this.#update({ open, halted: false });
    this.#go();
  }

  set(change: Partial<Judge>): void {
    this.#update({ judge: { ...this.#judgement.judge, ...change }, halted: false });
    this.#go();
  }

  compareWithBaselines(on: boolean): void {
    this.#update({ baselines: on, halted: false });
    this.#go();
  }

  choose(title: string): void {
    this.#update({ chosen: title });
    this.#go();
  }

  lookAt(point: number): void {
    this.#update({ point });
  }

  /** Measures what was called off, and what went wrong. */
  resume(): void {
    const verdicts = this.#judgement.verdicts.filter(({ kind }) => kind === "done");
    this.#update({ halted: false, verdicts });
    this.#go();
  }

  /** Calls the rest off; what is done is kept. */
  cancel(): void {
    this.#update({ halted: true });
    this.#go();
  }

  /** After another picture or network, nothing that was measured is of use. */
  forget(): void {
    this.#update({ verdicts: [], film: undefined, chosen: undefined, halted: false });
  }

  /** Goes on, with the maps that are shown now. */
  follow(): void {
    this.#paused = false;
    this.#go();
  }

  /** Leaves the engine to others. */
  async pause(): Promise<void> {
    this.#paused = true;
    this.#current?.calledOff.abort(new Cancelled());
    await this.#running;
  }

  #go(): void {
    const { halted, open } = this.#judgement;
    const one = this.#current?.one;
    const wanted = one && open && !halted && candidates(this.#state).some((other) => same(one, other));
    if (!wanted) this.#current?.calledOff.abort(new Cancelled());
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined;
    });
  }

  async #all(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) await next();
  }

  /** The chosen map's curves first, then its pictures, then the other maps' curves. */
  #next(): (() => Promise<void>) | undefined {
    const { open, halted, film } = this.#judgement;
    const { picture } = this.#state;
    if (!open || this.#paused || !picture) return undefined;
    const all = candidates(this.#state);
    const chosen = chosenOf(this.#state, all);
    const verdict = chosen && verdictOn(this.#judgement, chosen);
    if (chosen && verdict?.kind === "done" && !(film && same(film, chosen))) {
      return () => this.#film(picture, chosen, verdict.curves.insertion.shares.length);
    }
    if (halted) return undefined;
    const missing = all.filter((one) => !blank(one.map) && !verdictOn(this.#judgement, one));
    const one = missing.find((candidate) => candidate === chosen) ?? missing[0];
    return one && (() => this.#measure(picture, one));
  }

  async #measure(picture: Picture, one: Candidate): Promise<void> {
    const { title, map, target, judge } = one;
    const calledOff = new AbortController();
    this.#current = { one, calledOff };
    let work = begun("judge", "Starting");
    const told = (): void => this.#update({ making: { title, work } });
    told();
    const onProgress = (done: number, total: number, what: string): void => {
      work = reported(work, done, total, what);
      told();
    };
    const put = (verdict: Verdict): void => {
      if (this.#state.picture !== picture) return;
      this.#update({ verdicts: [...this.#judgement.verdicts, verdict].slice(-MOST_KEPT) });
    };
    try {
      const ask = { fit: this.#fit(picture), map, target, judge };
      const curves = await this.engine.judge(picture, ask, onProgress, calledOff.signal);
      put({ kind: "done", map, target, judge, curves });
      const { insertion, deletion } = curves;
      this.jobs.announce(
        `${title}: insertion ${shortFigure(insertion.area)}, deletion ${shortFigure(deletion.area)}.`,
      );
    } catch (error) {
      if (error instanceof Cancelled) return;
      put({ kind: "failed", map, target, judge, text: sentence(error) });
      this.complain(`${title}: ${sentence(error)}`);
    } finally {
      this.#current = undefined;
      this.#update({ making: undefined });
    }
  }

  async #film(picture: Picture, { map, target, judge }: Candidate, points: number): Promise<void> {
    const put = (film: Film): void => {
      if (this.#state.picture === picture) this.#update({ film: { map, target, judge, film } });
    };
    try {
      put(await this.engine.film(picture, { fit: this.#fit(picture), map, points, judge }, () => {}));
    } catch (error) {
      if (error instanceof Cancelled) return;
      // Without pictures the curves still tell what they tell.
      put({ insertion: [], deletion: [] });
      this.complain(sentence(error));
    }
  }

  #fit(picture: Picture): Settings["fit"] {
    const { result, settings } = this.#state;
    return asked(picture, result?.settings ?? settings).fit;
  }

  #update(change: Partial<Judgement>): void {
    this.store.update({ judgement: { ...this.#judgement, ...change } });
  }
}

import type { Pixels } from "c3lrp/client";
import { isOld, outcomeOf, questionOf, shownAnswer, targetOf } from "./current";
import {
  bare,
  brush,
  coverRed,
  draw,
  type Easel,
  easelPicture,
  type Fill,
  followed,
  lift,
  openEasel,
  redo,
  resize,
  type Spot,
  undo,
  withOther,
} from "./easel";
import type { Picture } from "./picture";
import type { State } from "./state";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** A person's actions for painting over a picture. */
export class Painting {
  constructor(
    readonly store: Store,
    readonly telling: Telling,
    readonly decode: (file: File) => Promise<Pixels>,
  ) {}

  /** Starts painting over the explained picture. */
  open = (): void => {
    const { easel, picture, settings } = this.store.state;
    const answer = shownAnswer(this.store.state);
    if (easel || !picture || !answer || isOld(this.store.state)) return;
    const { target } = answer.explained;
    const { network } = answer.question;
    this.store.update({
      easel: openEasel(picture, { network, target, before: settings.target }),
      settings: { ...settings, target },
    });
  };

  /** Ends painting: the original picture and question return. */
  close = (): void => {
    const { state } = this.store;
    if (!state.easel) return;
    const { original, target, before } = state.easel;
    const { target: asked, ...others } = state.settings;
    const settings = asked === target && before === undefined ? others : { ...others, target: asked };
    this.store.update({
      ...swapped(state, state.easel, original),
      settings: asked === undefined ? others : settings,
      easel: undefined,
    });
  };

  /** Puts the brush down, moves it, and lifts it. */
  begin = (at: Spot): void => this.#change((easel) => brush(easel, at));
  to = (spots: readonly Spot[]): void => this.#change((easel) => draw(easel, spots));
  end = (): void => this.#change(lift);

  /** Paints over what the map shows in red. */
  cover = (): void => {
    const { explained } = shownAnswer(this.store.state) ?? {};
    if (explained) this.#change((easel) => coverRed(easel, explained));
  };

  undo = (): void => this.#change(undo);
  redo = (): void => this.#change(redo);
  /** Removes all paint. */
  clear = (): void => this.#change(bare);
  resize = (steps: number): void => this.#change((easel) => resize(easel, steps));
  fill = (fill: Fill): void => this.#change((easel) => ({ ...lift(easel), fill }));
  /** Shows the untouched picture, or the painted one again. */
  showUntouched = (lifted: boolean): void => this.#change((easel) => ({ ...lift(easel), lifted }));

  /** Takes another picture to paint with. */
  takeOther = (file: File): void =>
    this.telling.attempt(async () => {
      const pixels = await this.decode(file);
      this.#change((easel) => withOther(lift(easel), pixels));
    });

  #change(change: (easel: Easel) => Easel): void {
    const { easel } = this.store.state;
    const next = easel && change(easel);
    if (next !== easel) this.store.update({ easel: next });
  }
}

/**
 * The question follows the brush: while it is down, the next picture is asked about when the previous one is answered,
 * so at most one is pending. Each answer adds a point to the history.
 */
export function caughtUp(state: State): Partial<State> {
  const { easel, picture, answer, settings } = state;
  if (!easel) return {};
  const asked = targetOf(state);
  const network = answer?.question.network ?? easel.network;
  const same = network === easel.network && (asked ?? easel.target) === easel.target;
  // Another class or network starts a new history.
  const fits = same
    ? easel
    : { ...easel, network, target: asked ?? easel.target, before: settings.target, course: [] };
  const current = answer && !isOld(state) ? answer : undefined;
  const next = current ? followed(fits, current.question.picture, current.explained.probabilities) : fits;
  const pinned =
    settings.target === undefined && current ? { settings: { ...settings, target: fits.target } } : {};
  const change = { ...(next === easel ? {} : { easel: next }), ...pinned };
  const shows = easelPicture(next);
  const waits = next.at !== undefined && questionOf(state) !== undefined && outcomeOf(state) === undefined;
  return shows === picture || waits ? change : { ...change, ...swapped(state, next, shows) };
}

/** Replaces the easel's picture by another one, with the same question. */
function swapped(state: State, { original, untouched }: Easel, picture: Picture): Partial<State> {
  const { insisted, answer, forward } = state;
  // The untouched picture's answer is kept; of the painted ones, only the last.
  const kept = [original, untouched, answer?.question.picture];
  const outcomes = [...state.outcomes].filter(
    ([, outcome]) => outcome.kind === "done" && kept.includes(outcome.value.question.picture),
  );
  const known = Object.entries(forward).filter(([key]) => kept.some((one) => key.endsWith(` ${one?.id}`)));
  return {
    picture,
    insisted: insisted !== undefined && insisted === state.picture ? picture : insisted,
    outcomes: new Map(outcomes),
    forward: Object.fromEntries(known),
  };
}

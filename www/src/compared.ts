import type { MethodInfo } from "c3lrp";
import { type Answer, answerKey, type Outcome } from "./answer";
import { baselines } from "./baselines";
import { fullColour, fullOver } from "./colours";
import { isOld, withMasks } from "./current";
import type { Candidate } from "./judgement";
import { cardOptions, cost, whyNot } from "./methods";
import { type Question, questionKey } from "./question";
import type { State } from "./state";
import type { Work } from "./work";

/** The fewest and the most methods side by side. */
export const [FEWEST, MOST] = [2, 6];

/** A method's card in the comparison. */
export interface Card {
  readonly method: MethodInfo;
  /** The answer's question with this method and its defaults; undefined without an answer. */
  readonly question: Question | undefined;
  readonly outcome: Outcome<Answer> | undefined;
  /** The running work on it, if any. */
  readonly work: Work | undefined;
  /** Whether it waits for its Run button: RISE takes a minute. */
  readonly waits: boolean;
}

/** The cards, each with the main view's question: the same picture, class, filter and fit. */
export function cards(state: State): Card[] {
  const { comparison, methods, answer, outcomes, running } = state;
  return methods
    .filter(({ name }) => comparison.picked.includes(name))
    .map((method) => {
      const question =
        answer && withMasks(state, { ...answer.named, method: cardOptions(comparison, method.name) });
      const key = question && questionKey(question);
      const outcome = key === undefined ? undefined : outcomes.get(key);
      const work = key === undefined ? undefined : running.get(key);
      const asked = answer !== undefined && comparison.rise === riseKey(answer);
      const waits = method.name === "rise" && !asked && outcome?.kind !== "done" && !work;
      return { method, question, outcome, work, waits };
    });
}

/** The magnitude with the full colour if all cards share one scale; undefined if each has its own. */
export function sharedFull({ comparison }: State, shown: readonly Card[]): number | undefined {
  if (!comparison.common) return undefined;
  const sizes = shown.flatMap(({ outcome }) => {
    if (outcome?.kind !== "done") return [];
    const { map, filtered } = outcome.value.explained;
    return [comparison.shows === "overlay" ? fullOver(filtered) : fullColour(map)];
  });
  return sizes.length > 0 ? Math.max(...sizes) : undefined;
}

/** The key of the answer for which RISE runs on its card, independent of the answer's method. */
export const riseKey = ({ named: { picture, network, target, against, fit } }: Answer): string =>
  JSON.stringify([network, picture.id, target, against ?? null, fit ?? null]);

/** The cards that are still to be computed, cheap ones first. */
export function missingCards(state: State): Card[] {
  const { comparison, model } = state;
  if (!comparison.open || comparison.halted || isOld(state)) return [];
  return cards(state)
    .filter(
      ({ method, question, outcome, waits }) =>
        question && !outcome && !waits && whyNot(method.name, model?.info) === undefined,
    )
    .sort((a, b) => cost(a.method) - cost(b.method));
}

/** The maps to measure, in their order on the page: the main view's and the comparison's by method, then baselines. */
export function candidates(state: State): Candidate[] {
  const { answer, comparison, judgement, methods } = state;
  if (!answer) return [];
  const main = answer.named.method;
  const shown = comparison.open ? cards(state) : [];
  const maps = methods.flatMap(({ name }): Candidate[] => {
    const own = name === main.name ? [candidate(name, answer)] : [];
    const card = shown.find(({ method }) => method.name === name);
    if (card?.outcome?.kind !== "done" || !card.question) return own;
    // The main view's map is the card's, unless it has other options.
    const { value } = card.outcome;
    if (answerKey(value) === answerKey(answer)) return own;
    return [...own, candidate(name === main.name ? `${name}/default` : name, value)];
  });
  const { width, height } = answer.explained;
  const known = judgement.baselines ? baselines(width, height) : {};
  return [...maps, ...Object.entries(known).map(([id, map]) => candidate(id, answer, map))];
}

/** An answer's own map, or a baseline beside it. */
const candidate = (id: string, of: Answer, baseline?: Float32Array): Candidate => ({
  key: baseline ? `${id} ${riseKey(of)}` : answerKey(of),
  id,
  baseline: baseline !== undefined,
  map: baseline ?? of.explained.filtered,
  of,
});

/** The candidate whose pictures are shown; by default the main view's. */
export const chosenOf = (state: State, among: readonly Candidate[]): Candidate | undefined =>
  among.find(({ id }) => id === state.judgement.chosen) ?? among.find(({ of }) => of === state.answer);

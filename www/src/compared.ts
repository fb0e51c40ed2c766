import type { MethodInfo } from "c3lrp";
import { type Answer, answerKey, type Candidate, type Outcome } from "./answer";
import { baselines } from "./baselines";
import { fullColour, fullOver } from "./colours";
import { cardOptions, cost, whyNot } from "./methods";
import { type Question, questionKey } from "./question";
import { isOld, type State, type Work, withMasks } from "./state";

/** How many methods stand side by side. */
export const [FEWEST, MOST] = [2, 6];

/** A method's place in the comparison. */
export interface Card {
  readonly method: MethodInfo;
  /** The answer's question, by this method with its defaults; none while there is no answer. */
  readonly question: Question | undefined;
  readonly outcome: Outcome<Answer> | undefined;
  /** The work on it, while it is worked on. */
  readonly work: Work | undefined;
  /** Whether it waits for its Run button: RISE takes a minute. */
  readonly waits: boolean;
}

/** The methods side by side, each asked what the main view's answer is to: the same picture, class, filter and fit. */
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

/** The magnitude with the full colour in all maps side by side, where they share one scale; undefined where each has its own. */
export function sharedFull({ comparison }: State, shown: readonly Card[]): number | undefined {
  if (!comparison.common) return undefined;
  const sizes = shown.flatMap(({ outcome }) => {
    if (outcome?.kind !== "done") return [];
    const { map, filtered } = outcome.value.explained;
    return [comparison.shows === "overlay" ? fullOver(filtered) : fullColour(map)];
  });
  return sizes.length > 0 ? Math.max(...sizes) : undefined;
}

/** For which answer RISE is asked on its card, whatever method the answer is by. */
export const riseKey = ({ named: { picture, network, target, against, fit } }: Answer): string =>
  JSON.stringify([network, picture.id, target, against ?? null, fit ?? null]);

/** The cards that are still to be made, cheap ones first. */
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

/** The maps to be measured, as they are shown: the main view's and the comparison's in the methods' order, then baselines. */
export function candidates(state: State): Candidate[] {
  const { answer, comparison, judgement, methods } = state;
  if (!answer) return [];
  const main = answer.named.method;
  const shown = comparison.open ? cards(state) : [];
  const maps = methods.flatMap(({ name }): Candidate[] => {
    const own = name === main.name ? [candidate(name, answer)] : [];
    const card = shown.find(({ method }) => method.name === name);
    if (card?.outcome?.kind !== "done" || !card.question) return own;
    // The main view's is the card's, or has options of its own.
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

/** The one whose pictures are shown: the main view's where none is chosen. */
export const chosenOf = (state: State, among: readonly Candidate[]): Candidate | undefined =>
  among.find(({ id }) => id === state.judgement.chosen) ?? among.find(({ of }) => of === state.answer);

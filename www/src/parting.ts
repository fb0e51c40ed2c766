import type { BirdPart } from "c3lrp";
import type { Parted } from "c3lrp/client";
import type { Answer, Outcome } from "./answer";
import type { Question } from "./question";
import { birdKey, isOld, knowsBirds, type State, shownAnswer } from "./state";

/** The order in which parts are listed. */
export const ORDER: readonly BirdPart[] = [
  "beak",
  "crest",
  "head",
  "eye",
  "breast",
  "body",
  "wing",
  "tail",
  "legs",
];

/** What a whole bird's parts are worth is kept under this, whatever is taken away from it meanwhile. */
function partedKey({ picture: { bird }, network, target, against, method }: Question): string | undefined {
  if (!bird) return undefined;
  const whole = birdKey({ ...bird, without: [] });
  return JSON.stringify(["parted", network, whole, target ?? null, against ?? null, method]);
}

/** The answer whose bird's parts are to be measured, with the key; undefined where there is none, or it isn't whole. */
export function partsAsked(state: State): { readonly key: string; readonly answer: Answer } | undefined {
  const answer = shownAnswer(state);
  const bird = answer?.question.picture.bird;
  if (
    !state.parting ||
    !answer ||
    !bird ||
    answer.question.picture.painted !== undefined ||
    isOld(state) ||
    !knowsBirds(state)
  )
    return undefined;
  // The masks are those of the picture, so the map has to cover just that.
  const measurable = bird.whole.length === answer.explained.map.length && !bird.without?.length;
  const key = partedKey(answer.question);
  return measurable && key !== undefined ? { key, answer } : undefined;
}

/** What the shown bird's parts are worth, as far as that was measured. */
export function partedOf(state: State): Outcome<Parted> | undefined {
  const answer = shownAnswer(state);
  const key = answer && partedKey(answer.question);
  return key === undefined ? undefined : state.parted.get(key);
}

/** The parts that the bird shows, or would show. */
export function partsOf({ picture }: State): readonly BirdPart[] {
  const { parts = {}, without = [] } = picture?.bird ?? {};
  return ORDER.filter((part) => parts[part] !== undefined || without.includes(part));
}

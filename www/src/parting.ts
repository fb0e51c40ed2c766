import type { BirdPart } from "c3lrp";
import type { Parted } from "c3lrp/client";
import type { Answer, Outcome } from "./answer";
import { birdKey, ORDER } from "./bird";
import { isOld, knowsBirds, shownAnswer } from "./current";
import type { Question } from "./question";
import type { State } from "./state";

/** The key for a whole bird's part values, independent of removed parts. */
function partedKey({ picture: { bird }, network, target, against, method }: Question): string | undefined {
  if (!bird) return undefined;
  const whole = birdKey({ ...bird, without: [] });
  return JSON.stringify(["parted", network, whole, target ?? null, against ?? null, method]);
}

interface PartsAsked {
  readonly key: string;
  /** The key of the same values for a question that names the class. */
  readonly named: string;
  readonly answer: Answer;
}

/** The answer whose bird's parts are to be measured, with the keys; undefined without one, or if its bird isn't whole. */
export function partsAsked(state: State): PartsAsked | undefined {
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
  // The masks cover the picture, so the map must cover exactly the same.
  const measurable = bird.whole.length === answer.explained.map.length && !bird.without?.length;
  const [key, named] = [partedKey(answer.question), partedKey(answer.named)];
  return measurable && key !== undefined && named !== undefined ? { key, named, answer } : undefined;
}

/** The part values of the shown bird, once measured. */
export function partedOf(state: State): Outcome<Parted> | undefined {
  const answer = shownAnswer(state);
  const key = answer && partedKey(answer.question);
  return key === undefined ? undefined : state.parted.get(key);
}

/** The parts that the bird has, visible or removed. */
export function partsOf({ picture }: State): readonly BirdPart[] {
  const { parts = {}, without = [] } = picture?.bird ?? {};
  return ORDER.filter((part) => parts[part] !== undefined || without.includes(part));
}

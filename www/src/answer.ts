import type { Explained } from "c3lrp/client";
import { type Ranked, rankClasses } from "./classes";
import { type MapFacts, mapFacts } from "./facts";
import { type Question, questionKey } from "./question";
import type { Say } from "./words/words";

/** An explanation with the question that it answers. A view draws only from the answer. */
export interface Answer {
  readonly question: Question;
  /** The question with its class as a number, even if it asked for the most probable one. */
  readonly named: Question;
  readonly explained: Explained;
  readonly ranked: readonly Ranked[];
  readonly facts: MapFacts;
}

export function answerTo(question: Question, explained: Explained): Answer {
  const { map, mask, width, height, target, probabilities } = explained;
  return {
    question,
    named: { ...question, target },
    explained,
    ranked: rankClasses(probabilities),
    facts: mapFacts(map, mask, width, height),
  };
}

/** Whether an answer is a first look, at a smaller side than the network's own. */
export const isFirstLook = ({ question }: Answer): boolean => question.side !== undefined;

/** The outcome of work that the engine was asked for. No outcome yet means under way, or not wanted. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly say: Say }
  /** The person cancelled it. */
  | { readonly kind: "off" };

/** Outcomes by the keys of their questions, the newest last. */
export type Outcomes<T> = ReadonlyMap<string, Outcome<T>>;

/** How many outcomes of a kind are kept, so that going back to one costs nothing. */
const MOST_KEPT = 48;

/** Keeps an outcome, and drops the oldest if there are too many. */
export function put<T>(outcomes: Outcomes<T>, key: string, outcome: Outcome<T>): Outcomes<T> {
  const kept = new Map(outcomes);
  kept.delete(key);
  kept.set(key, outcome);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
  return kept;
}

/** Without failed and cancelled outcomes: of these questions, or of all. */
export function done<T>(outcomes: Outcomes<T>, questions?: readonly (Question | undefined)[]): Outcomes<T> {
  const keys = questions?.map((question) => question && questionKey(question));
  const keeps = (key: string): boolean => keys?.includes(key) === false;
  return new Map([...outcomes].filter(([key, { kind }]) => kind === "done" || keeps(key)));
}

export const answerKey = ({ named }: Answer): string => questionKey(named);

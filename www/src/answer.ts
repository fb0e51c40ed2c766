import type { Faithfulness, Plan } from "c3lrp";
import type { Explained, Film } from "c3lrp/client";
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

/** Without failed and cancelled outcomes: of these questions, or of all. */
export function done<T>(outcomes: Outcomes<T>, questions?: readonly (Question | undefined)[]): Outcomes<T> {
  const keys = questions?.map((question) => question && questionKey(question));
  const keeps = (key: string): boolean => keys?.includes(key) === false;
  return new Map([...outcomes].filter(([key, { kind }]) => kind === "done" || keeps(key)));
}

/** A map that can be measured: an answer's, or a baseline. */
export interface Candidate {
  /** The key of its measurements. */
  readonly key: string;
  /** Its name in the page's lists: a method's, with "/default" for a card beside the method with other options, or a baseline's. */
  readonly id: string;
  readonly baseline: boolean;
  readonly map: Float32Array;
  /** The answer that gives the picture, network, class and fit. */
  readonly of: Answer;
}

/** Insertion and deletion of a map. */
export type Curves = Faithfulness;

/** How insertion and deletion are measured; the library chooses the points. */
export interface CurveSettings {
  readonly protocol: "paper" | "rise" | "patch";
  readonly ties: NonNullable<Plan["ties"]>;
}

/** The key of a map's measurement. */
export const curvesKey = (map: string, { protocol, ties }: CurveSettings): string =>
  JSON.stringify([map, protocol, ties]);

export const answerKey = ({ named }: Answer): string => questionKey(named);

export type { Film };

import type { Faithfulness, Plan } from "c3lrp";
import type { Explained, Film } from "c3lrp/client";
import { type Ranked, rankClasses } from "./classes";
import { type MapFacts, mapFacts } from "./facts";
import { type Question, questionKey } from "./question";
import type { Say } from "./words/words";

/** An explanation with the question that it answers. A view that shows an answer takes all of it from here. */
export interface Answer {
  readonly question: Question;
  /** The same question, its class named. */
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

/** What came of something that was asked of the engine. What isn't here yet is on its way, or wanted by nobody. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly say: Say }
  /** The person called it off. */
  | { readonly kind: "off" };

/** Outcomes by the keys of what was asked, the newest last. */
export type Outcomes<T> = ReadonlyMap<string, Outcome<T>>;

/** A map that can be measured: that of an answer, or one that knows nothing of the picture. */
export interface Candidate {
  /** What it is measured under. */
  readonly key: string;
  /** Names it in the page's lists: a method's name, with "/default" for a card beside other options of it, or a baseline's. */
  readonly id: string;
  readonly baseline: boolean;
  readonly map: Float32Array;
  /** The answer that it is measured for: its picture, network, class and fit. */
  readonly of: Answer;
}

/** Insertion and deletion of a map. */
export type Verdict = Faithfulness;

/** How insertion and deletion are measured; the points are the library's. */
export interface Judge {
  readonly protocol: "paper" | "rise" | "patch";
  readonly ties: NonNullable<Plan["ties"]>;
}

/** What a map is measured under. */
export const verdictKey = (map: string, { protocol, ties }: Judge): string =>
  JSON.stringify([map, protocol, ties]);

export const answerKey = ({ named }: Answer): string => questionKey(named);

export type { Film };

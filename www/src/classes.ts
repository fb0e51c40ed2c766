import type { Labels } from "./labels";
import { className } from "./words/names";
import type { Words } from "./words/words";

/** A class with its place in the network's answer. */
export interface Ranked {
  readonly index: number;
  readonly probability: number;
  /** 1 is the most probable class. */
  readonly rank: number;
}

/** All classes by falling probability. */
export function rankClasses(probabilities: Float32Array): readonly Ranked[] {
  return Array.from(probabilities, (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .map((entry, place) => ({ ...entry, rank: place + 1 }));
}

/** Classes whose number or name fits the query, names that start with it first, then by probability. */
export function searchClasses(
  language: Words,
  ranked: readonly Ranked[],
  labels: Labels | undefined,
  query: string,
  most: number,
): readonly Ranked[] {
  const words = query.trim().toLowerCase();
  if (words === "") return [];
  const score = ({ index }: Ranked): number => {
    const name = className(language, labels, index).toLowerCase();
    if (String(index) === words) return 3;
    if (name.startsWith(words)) return 2;
    return name.includes(words) ? 1 : 0;
  };
  return ranked
    .filter((entry) => score(entry) > 0)
    .sort((a, b) => score(b) - score(a) || a.rank - b.rank)
    .slice(0, most);
}

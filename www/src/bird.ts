import type { BirdPart } from "c3lrp";

/** A bird by its species and the seed of its pose, place and light. */
export interface AskedBird {
  readonly species: string;
  readonly seed: number;
  /** The species whose tag it wears, if any. */
  readonly tagOf?: string | undefined;
  /** The parts that it is drawn without. */
  readonly without?: readonly BirdPart[] | undefined;
}

/** The tag that a bird wears in the lesson. */
export type Tag = "own" | "none" | "other";

/** The bird that the page opens with. */
export const FIRST_BIRD: AskedBird = { species: "Masked Sunwren", seed: 63 };

/** Equal birds have equal keys. */
export const birdKey = ({ species, seed, tagOf, without = [] }: AskedBird): string =>
  JSON.stringify(["bird", species, seed, tagOf ?? null, ...[...without].sort()]);

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

/** The library's options for drawing a bird. */
export const drawing = ({ species, seed, tagOf, without = [] }: AskedBird) => ({
  species,
  seed,
  without: [...without],
  ...(tagOf === undefined ? {} : { tag: tagOf }),
});

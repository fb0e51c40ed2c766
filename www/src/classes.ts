/** A class with its rank in the network's answer. */
export interface Ranked {
  readonly index: number;
  readonly probability: number;
  /** 1 is the most probable class. */
  readonly rank: number;
}

/** All classes in falling order of probability. */
export function rankClasses(probabilities: Float32Array): readonly Ranked[] {
  return Array.from(probabilities, (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .map((entry, place) => ({ ...entry, rank: place + 1 }));
}

import type { Model } from "./state";

/**
 * The sides of the square at which a network looks where it is to answer soon, the second where the first is too slow.
 * Of a hundred drawn birds the bundled network names 100 at its own 224, 99 at 160, 96 at 128 and 86 at 96 (seeds from
 * 5,000,000 on).
 */
const SIDES = [160, 128] as const;
/** A larger network is not held twice, which another side takes, in parameters. */
const MOST_PARAMETERS = 16e6;

/** The side at which a network answers sooner than at its own; undefined for its own. Networks that end in a mean take any. */
export function soonerSide({ info }: Model, slow: boolean): number | undefined {
  const side = slow ? SIDES[1] : SIDES[0];
  const small = info.parameters <= MOST_PARAMETERS;
  return info.device === "cpu" && small && info.side > side && info.architecture.startsWith("ResNet")
    ? side
    : undefined;
}

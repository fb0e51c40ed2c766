import type { Info } from "c3lrp";
import type { Source } from "./source";

/** A chosen network: weights with their own number. The same weights with other settings are another network. */
export interface Network extends Source {
  readonly id: number;
}

/** A loaded network, with the library's description. */
export interface Model extends Network {
  readonly info: Info;
}

/**
 * Smaller sides of the network's square, at which it answers sooner; the second is for networks that are too slow at the
 * first. Of a hundred drawn birds, the bundled network names 100 correctly at its own side, 224, 99 at 160, 96 at 128 and
 * 86 at 96 (seeds from 5,000,000 on).
 */
const SIDES = [160, 128] as const;
/** The largest number of parameters for a second copy in memory, which another side needs. */
const MOST_PARAMETERS = 16e6;

/**
 * A smaller side at which a network answers sooner; undefined if it has to keep its own. Only ResNets are considered: they
 * end in a global average, so they accept other sides.
 */
export function soonerSide({ info }: Model, slow: boolean): number | undefined {
  const side = slow ? SIDES[1] : SIDES[0];
  const small = info.parameters <= MOST_PARAMETERS;
  return info.device === "cpu" && small && info.side > side && info.architecture.startsWith("ResNet")
    ? side
    : undefined;
}

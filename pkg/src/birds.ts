import { type BirdNetwork, type Birds, type BirdsOptions, birdsIn } from "./birding.js";
import { inBrowser } from "./load.js";
import { beside } from "./thread.js";

export type { Bird, BirdOptions, BirdPart, Species } from "../c3lrp.js";
export type { BirdNetwork, Birds, BirdsOptions, DrawnBird } from "./birding.js";

/**
 * Loads a network that knows the drawn birds, and can draw them. The files are in the package `c3lrp-birds`,
 * which must be installed beside this one; only the chosen network's file is fetched. Fails as `load` does, and with
 * `OptionsError` for an unknown network.
 */
export async function loadBirds(
  network: BirdNetwork = "resnet50",
  options: BirdsOptions = {},
): Promise<Birds> {
  const { place, loading } = inBrowser(options, beside);
  return await birdsIn(place, import("c3lrp-birds"), network, loading);
}

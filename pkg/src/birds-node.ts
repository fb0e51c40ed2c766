import { type BirdNetwork, type Birds, type BirdsOptions, birdsIn } from "./birding.js";
import { inNode } from "./node.js";

/** `loadBirds` for Node. */
export async function loadBirds(
  network: BirdNetwork = "resnet50",
  options: BirdsOptions = {},
): Promise<Birds> {
  const { place, loading } = await inNode(options);
  return await birdsIn(place, import("c3lrp-birds"), network, loading);
}

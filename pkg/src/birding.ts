import type { Bird, BirdOptions, Species } from "../c3lrp.js";
import { LibraryError, sentence } from "./errors.js";
import { type Explainer, explainerOf } from "./explainer.js";
import type { LoadOptions } from "./load.js";
import { type Loading, type Place, sessionIn } from "./loading.js";
import type { PixelData } from "./source.js";

/** The networks of the package `c3lrp-birds`, by their names there. */
export type BirdNetwork = "resnet50" | "resnet50-spurious" | "abn";

/** A bird with its ground truth; `explain` takes it as a picture. */
export interface DrawnBird extends Bird, PixelData {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** A network that knows the drawn birds, and a function that draws them. */
export interface Birds extends Explainer {
  /** The species of birds; a species' name is its label. */
  readonly species: readonly Species[];
  /**
   * Draws a bird with masks of its parts. The same species and seed give the same bird everywhere. Unknown species and
   * options fail with `OptionsError`.
   */
  draw(species: string, seed: number, options?: BirdOptions): Promise<DrawnBird>;
}

/** Options for loading the networks; their files' hashes are known. */
export interface BirdsOptions extends Omit<LoadOptions, "labels" | "integrity" | "network"> {}

/** The networks' files, as listed by `c3lrp-birds`. @internal */
export type Files = Readonly<Record<BirdNetwork, { readonly url: URL; readonly integrity: string }>>;

/** @internal */
export async function birdsIn(
  place: Place,
  files: Promise<{ readonly networks: Files }>,
  network: BirdNetwork,
  loading: Loading,
): Promise<Birds> {
  const { networks } = await files.catch((cause: unknown) => {
    throw new LibraryError("DownloadError", sentence("birds-missing", {}), { cause });
  });
  if (!Object.hasOwn(networks, network)) {
    const known = Object.keys(networks).join(", ");
    throw new LibraryError("OptionsError", sentence("birds-network", { network: String(network), known }));
  }
  const { url, integrity } = networks[network];
  const session = await sessionIn(place, url, { ...loading, integrity });
  const { species } = (await session.engine.beside("catalogue", {})) as { species: readonly Species[] };
  return Object.assign(explainerOf(session, place.read), {
    species,
    async draw(species: string, seed: number, options: BirdOptions = {}): Promise<DrawnBird> {
      const { bird } = await session.engine.beside("draw", { bird: { ...options, species, seed } });
      return { ...bird, data: bird.rgba, width: bird.side, height: bird.side };
    },
  });
}

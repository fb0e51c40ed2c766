import type { Bird, BirdPart } from "c3lrp";
import type { Concept as Found } from "c3lrp/client";

/** Where a channel's relevance can lie in a drawn bird's picture. */
export type Place = BirdPart | "tag" | "background";

/** A square of a drawn bird's picture, four bytes per pixel. */
export interface Crop {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly side: number;
}

/** What a channel looks for, measured on drawn birds. */
export interface Meaning {
  /** The part with most of its relevance, with the mean share over the pictures in which it was seen. */
  readonly on: Place;
  readonly share: number;
  readonly seen: number;
  /** On held-out birds: in how many it was seen, and in how many most of it lay on the same part. */
  readonly held: readonly [seen: number, same: number];
  /** The places where it mattered most. */
  readonly crops: readonly Crop[];
}

/** A channel of a layer with its own map, and what it looks for where that is known. */
export interface Concept extends Found {
  readonly meaning?: Meaning | undefined;
}

/** A file that `c3lrp atlas` wrote. */
interface Atlas {
  /** Whether its birds wear their own species' tag. */
  readonly tags: boolean;
  readonly layers: Readonly<Record<string, Readonly<Record<number, Entry>>>>;
}

interface Entry extends Omit<Meaning, "crops"> {
  /** The species' number, seed, left edge, upper edge, and side. */
  readonly references: readonly (readonly [number, number, number, number, number])[];
}

/** Draws a bird of a species, by its number. */
export type Draw = (species: number, seed: number, tagged: boolean) => Promise<Bird>;

const fetched = new Map<string, Promise<Atlas>>();

/** What channels of a layer look for; empty for channels that are not in the atlas, or if it can't be fetched. */
export async function meanings(
  url: string,
  layer: string,
  channels: readonly number[],
  draw: Draw,
): Promise<ReadonlyMap<number, Meaning>> {
  const found = new Map<number, Meaning>();
  const atlas = fetched.get(url) ?? fetch(url).then((answer): Promise<Atlas> => answer.json());
  fetched.set(url, atlas);
  try {
    const { tags, layers } = await atlas;
    for (const channel of channels) {
      const entry = layers[layer]?.[channel];
      if (!entry) continue;
      const { references, ...meaning } = entry;
      const birds = references.map(async ([species, seed, x, y, side]) =>
        crop(await draw(species, seed, tags), x, y, side),
      );
      found.set(channel, { ...meaning, crops: await Promise.all(birds) });
    }
  } catch {
    // The maps are shown without names. The next layer tries again.
    fetched.delete(url);
  }
  return found;
}

function crop({ rgba, side: whole }: Bird, x: number, y: number, side: number): Crop {
  const pixels = new Uint8ClampedArray(4 * side * side);
  for (let row = 0; row < side; row++) {
    const from = 4 * ((y + row) * whole + x);
    pixels.set(rgba.subarray(from, from + 4 * side), 4 * row * side);
  }
  return { pixels, side };
}

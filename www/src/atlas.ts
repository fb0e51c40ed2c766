import type { Bird, BirdPart } from "c3lrp";

/** What a channel's relevance can lie on in a drawn bird's picture. */
export type Place = BirdPart | "tag" | "background";

/** A square of a drawn bird's picture, four bytes a pixel. */
export interface Crop {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly side: number;
}

/** What a channel looks for, as far as drawn birds tell. */
export interface Meaning {
  /** What most of its relevance lies on, with the mean share of the pictures in which it was seen. */
  readonly on: Place;
  readonly share: number;
  readonly seen: number;
  /** On other birds: in how many it was seen, and in how many most of it lay on the same. */
  readonly held: readonly [seen: number, same: number];
  /** Where it mattered most. */
  readonly crops: readonly Crop[];
}

/** A file that `c3lrp atlas` wrote. */
interface Atlas {
  /** Whether its birds wear their own species' tag. */
  readonly tags: boolean;
  readonly layers: Readonly<Record<string, Readonly<Record<number, Entry>>>>;
}

interface Entry extends Omit<Meaning, "crops"> {
  /** Species by its number, seed, left and upper edge, and side. */
  readonly references: readonly (readonly [number, number, number, number, number])[];
}

/** Draws a bird of a species, by its number. */
export type Draw = (species: number, seed: number, tagged: boolean) => Promise<Bird>;

const fetched = new Map<string, Promise<Atlas>>();

/** What channels of a layer look for; nothing of those that the atlas doesn't have, or while it can't be fetched. */
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
    // The maps say the same without words. The next layer asks for it again.
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

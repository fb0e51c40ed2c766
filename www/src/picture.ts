import type { Bird, BirdPart } from "c3lrp";
import { decodePicture as decode, type Pixels } from "c3lrp/client";

/** A decoded or drawn picture: the page shows the same pixels that the network gets. */
export interface Picture extends Pixels {
  readonly id: number;
  readonly name: string;
  /** Its ground truth, if the page drew it. */
  readonly bird?: DrawnBird;
  /** The file's name, if it is one of the page's samples. */
  readonly sample?: string;
  /** The number of the original, if this picture was painted over. */
  readonly painted?: number | undefined;
}

/** A bird, with the species whose tag it wears, if any. */
export interface DrawnBird extends Bird {
  readonly tagOf?: string | undefined;
  /** The parts that it was drawn without. */
  readonly without?: readonly BirdPart[] | undefined;
}

let lastId = 0;

/** Decodes a picture file. */
export async function decodePicture(file: Blob, name: string): Promise<Picture> {
  return { id: ++lastId, name, ...(await decode(file, name)) };
}

/** A drawn bird as a picture. */
export function birdPicture(bird: DrawnBird): Picture {
  const { species, seed, side, rgba } = bird;
  return { id: ++lastId, name: `${species}, seed ${seed}`, width: side, height: side, rgba, bird };
}

/** A camera's frame as a picture, named by its time. */
export function framePicture(pixels: Pixels): Picture {
  const name = new Date().toLocaleTimeString("en-GB");
  return { ...pixels, id: ++lastId, name };
}

const painted = new WeakMap<Pixels["rgba"], Picture>();

/** A new picture with other pixels; always the same picture for the same pixels. */
export function paintedPicture(of: Picture, { width, height, rgba }: Pixels): Picture {
  const known = painted.get(rgba);
  if (known) return known;
  const picture = { ...of, id: ++lastId, painted: of.id, width, height, rgba };
  painted.set(rgba, picture);
  return picture;
}

import type { Bird } from "c3lrp";
import { UserError } from "./words";

/** A decoded or drawn picture: what is shown and what the network gets are the same pixels. */
export interface Picture {
  readonly id: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The truth about it, where the page drew it. */
  readonly bird?: DrawnBird;
}

/** A bird, with the species whose tag it wears where it wears one. */
export interface DrawnBird extends Bird {
  readonly tagOf?: string | undefined;
}

/** Forty megapixels are 160 MB of pixels, held twice: more than that is refused. */
const MOST_PIXELS = 40e6;

let lastId = 0;

/** Decodes a picture file, turned the way its camera says. */
export async function decodePicture(file: Blob, name: string): Promise<Picture> {
  const bitmap = await createImageBitmap(file, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
  }).catch(() => {
    throw new UserError(
      `“${name}” could not be read as a picture: it is broken, or of a kind that this browser does not know. ` +
        "Save it as JPEG, PNG or WebP and drop it again.",
    );
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) {
      const megapixels = Math.round((width * height) / 1e6);
      throw new UserError(
        `“${name}” has ${megapixels} megapixels and this page takes at most ${MOST_PIXELS / 1e6}. ` +
          "Make it smaller and drop it again: the network looks at 224 × 224 pixels anyway.",
      );
    }
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context)
      throw new UserError("The browser refused a canvas to read the picture with. Reload the page.");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { id: ++lastId, name, width, height, rgba: data };
  } finally {
    bitmap.close();
  }
}

/** A drawn bird as a picture. */
export function birdPicture(bird: DrawnBird): Picture {
  const { species, seed, side, rgba } = bird;
  return { id: ++lastId, name: `${species}, seed ${seed}`, width: side, height: side, rgba, bird };
}

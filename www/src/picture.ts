import type { Bird } from "c3lrp";
import { type Header, readHeader, type Size } from "./header";
import { megabytes, UserError } from "./words";

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
/** No browser has larger canvases, whatever their other side is. */
const LONGEST_SIDE = 32_767;
/** Even uncompressed, as many pixels take no more; a larger file is not read. */
const MOST_BYTES = 250e6;
/** Where a picture's size stands, whatever else a camera put before it. */
const ENOUGH_FOR_SIZE = 16e6;
/** The longer side of a drawing that has no pixels of its own: as many as the largest network sees. */
const DRAWING = 1024;

let lastId = 0;

/**
 * Decodes a picture file, turned the way its camera says, the first frame where there are several. What
 * its header says is checked before: a small file can claim a picture that fills the memory.
 */
export async function decodePicture(file: Blob, name: string): Promise<Picture> {
  if (file.size > MOST_BYTES) {
    throw new UserError(
      `“${name}” is a file of ${megabytes(file.size)}, and this page takes pictures of at most ` +
        `${megabytes(MOST_BYTES)}. Save it smaller, as JPEG, PNG or WebP, and drop it again.`,
    );
  }
  const header = readHeader(await firstBytes(file, name, ENOUGH_FOR_SIZE));
  const decoded = await decode(file, name, header).catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(unreadable(name, header?.kind));
  });
  return { id: ++lastId, name, ...decoded };
}

async function decode(file: Blob, name: string, header: Header | undefined): Promise<Decoded> {
  if (header?.size) {
    checkSize(header.size, name);
    return await pixelsOf(file);
  }
  if (header?.kind === "SVG") {
    // Whatever it is called: an image takes no SVG of another type.
    const drawing = file.slice(0, file.size, "image/svg+xml");
    return await withImage(drawing, (image) =>
      drawn(image, DRAWING / Math.max(image.naturalWidth, image.naturalHeight)),
    );
  }
  return await withImage(file, async ({ naturalWidth, naturalHeight }) => {
    checkSize({ width: naturalWidth, height: naturalHeight }, name);
    return await pixelsOf(file);
  });
}

/** The file's first bytes. A folder is a file as well, until it is read. */
export async function firstBytes(file: Blob, name: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file
    .slice(0, most)
    .arrayBuffer()
    .catch(() => {
      throw new UserError(
        `“${name}” could not be read: it is a folder, or was moved or changed meanwhile. Drop the file itself.`,
      );
    });
  if (bytes.byteLength === 0)
    throw new UserError(`“${name}” is empty. Drop the file that has something in it.`);
  return new Uint8Array(bytes);
}

function checkSize({ width, height }: Size, name: string): void {
  if (width * height > MOST_PIXELS) {
    const megapixels = Math.round((width * height) / 1e6);
    throw new UserError(
      `“${name}” has ${megapixels} megapixels and this page takes at most ${MOST_PIXELS / 1e6}. ` +
        "Make it smaller and drop it again: networks look at far fewer pixels anyway.",
    );
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw new UserError(
      `“${name}” is ${width} × ${height} pixels, and this page takes at most ${LONGEST_SIDE} along a side. ` +
        "Cut it shorter and drop it again.",
    );
  }
}

/** What to do about a picture that the browser does not read. */
function unreadable(name: string, kind: string | undefined): string {
  if (kind === "HEIC") {
    return (
      `“${name}” is a HEIC picture, which this browser does not know. Save it as JPEG and drop it again; ` +
      "iPhones do so by themselves after Settings, Camera, Formats, Most Compatible."
    );
  }
  if (kind && ["AVIF", "JPEG XL", "TIFF", "PDF"].includes(kind)) {
    return `“${name}” is of the kind ${kind}, which this browser does not read as a picture. Save it as JPEG, PNG or WebP and drop it again.`;
  }
  return (
    `“${name}” could not be read as a picture: it is broken, or of a kind that this browser does not know. ` +
    "Save it as JPEG, PNG or WebP and drop it again."
  );
}

type Decoded = Pick<Picture, "width" | "height" | "rgba">;

async function pixelsOf(file: Blob): Promise<Decoded> {
  const bitmap = await createImageBitmap(file, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
  });
  try {
    return drawn(bitmap);
  } finally {
    bitmap.close();
  }
}

/**
 * Works with the file as an `<img>`, which knows its size without decoding it, draws drawings, and loads
 * nothing that a drawing asks for from elsewhere.
 */
async function withImage<T>(file: Blob, work: (image: HTMLImageElement) => Promise<T> | T): Promise<T> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise((loaded, failed) => {
      image.onload = loaded;
      image.onerror = failed;
      image.src = url;
    });
    return await work(image);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawn(source: HTMLImageElement | ImageBitmap, scale = 1): Decoded {
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.round(side * scale)));
  if (!width || !height) throw new Error("The picture has no pixels.");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context)
    throw new UserError("The browser refused a canvas to read the picture with. Reload the page.");
  context.drawImage(source, 0, 0, width, height);
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}

/** A drawn bird as a picture. */
export function birdPicture(bird: DrawnBird): Picture {
  const { species, seed, side, rgba } = bird;
  return { id: ++lastId, name: `${species}, seed ${seed}`, width: side, height: side, rgba, bird };
}

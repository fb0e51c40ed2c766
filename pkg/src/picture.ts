import { LibraryError, type Sentence, sentence } from "./errors.js";
import { type Header, readHeader, type Size } from "./header.js";

/** A picture with four bytes per pixel. */
export interface Pixels extends Size {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A decoded picture. */
export interface Decoded extends Pixels {
  /** Its original size; large pictures are reduced. */
  readonly natural: Size;
}

/** Forty megapixels are 160 MB of pixels, in memory twice; more is refused. */
const MOST_PIXELS = 40e6;
/** No browser has canvases with a longer side. */
const LONGEST_SIDE = 32_767;
/** Networks see less than a tenth of this, and every pixel is copied for each explanation. */
const ENOUGH_PIXELS = 6e6;
/** Even uncompressed, that many pixels need no more bytes; a larger file is not read. */
const MOST_BYTES = 250e6;
/** The size of a picture is within these bytes, even after a camera's metadata. */
const ENOUGH_FOR_SIZE = 16e6;
/** The longer side of a vector drawing in pixels: as many as the largest network sees. */
const DRAWING = 1024;

/**
 * Decodes a picture file, rotated by its orientation; the first frame if there are several. The size in
 * its header is checked first: a small file can claim a picture that fills the memory.
 */
export async function decodePicture(file: Blob, name: string): Promise<Decoded> {
  if (file.size > MOST_BYTES)
    throw wrong(sentence("picture-file", { name, bytes: file.size, most: MOST_BYTES }));
  const header = readHeader(await firstBytes(file, name, ENOUGH_FOR_SIZE));
  return await decode(file, name, header).catch((error: unknown) => {
    throw error instanceof LibraryError ? error : unreadable(name, header?.kind);
  });
}

async function decode(file: Blob, name: string, header: Header | undefined): Promise<Decoded> {
  if (header?.size) {
    checkSize(header.size, name);
    return await pixelsOf(file);
  }
  const isDrawing = header?.kind === "SVG";
  // Whatever the file is called: an image accepts an SVG only by its type.
  return await withImage(isDrawing ? file.slice(0, file.size, "image/svg+xml") : file, async (image) => {
    const { naturalWidth: width, naturalHeight: height } = image;
    if (isDrawing) return drawn(image, DRAWING / Math.max(width, height));
    checkSize({ width, height }, name);
    return await pixelsOf(file);
  });
}

/** The file's first bytes. A folder looks like a file until it is read. */
export async function firstBytes(file: Blob, name: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reading = file.slice(0, most).arrayBuffer();
  const bytes = await reading.catch(() => {
    throw wrong(sentence("unreadable", { name }));
  });
  if (bytes.byteLength === 0) throw wrong(sentence("empty", { name }));
  return new Uint8Array(bytes);
}

/** Checks that a picture's size fits a browser's memory and canvases. */
export function checkSize({ width, height }: Size, name: string): void {
  if (width * height > MOST_PIXELS) {
    const megapixels = Math.round((width * height) / 1e6);
    throw wrong(sentence("picture-megapixels", { name, megapixels, most: MOST_PIXELS / 1e6 }));
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw wrong(sentence("picture-side", { name, width, height, most: LONGEST_SIDE }));
  }
}

/** A `PictureError` with this message. */
export const wrong = (what: Sentence): LibraryError => new LibraryError("PictureError", what);

/** The error for a picture that the browser can't read, with advice. */
function unreadable(name: string, kind: string | undefined): LibraryError {
  if (kind === "HEIC") return wrong(sentence("picture-heic", { name }));
  if (kind && ["AVIF", "JPEG XL", "TIFF", "PDF"].includes(kind))
    return wrong(sentence("picture-kind", { name, kind }));
  return wrong(sentence("picture-broken", { name }));
}

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
 * Opens the file as an `<img>`, which knows its size without decoding it, draws vector drawings, and loads
 * nothing from elsewhere for them.
 */
async function withImage<T>(file: Blob, work: (image: HTMLImageElement) => Promise<T>): Promise<T> {
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
  const [width = 0, height = 0] = [source.width, source.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  return { ...reduced(readPixels(source, { width, height })), natural: { width, height } };
}

/** The pixels of anything that a canvas can draw, at a size. */
export function readPixels(source: CanvasImageSource, { width, height }: Size): Pixels {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw wrong(sentence("canvas", {}));
  trueCanvas();
  context.drawImage(source, 0, 0, width, height);
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}

/** Checks that canvases give back what was drawn: some browsers add noise, so that pages can't recognise visitors. */
export function trueCanvas(): void {
  const side = 16;
  const pattern = Uint8ClampedArray.from({ length: 4 * side * side }, (_, at) =>
    at % 4 === 3 ? 255 : (37 * at) % 256,
  );
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  context?.putImageData(new ImageData(pattern.slice(), side, side), 0, 0);
  const read = context?.getImageData(0, 0, side, side).data;
  if (!read?.every((value, at) => value === pattern[at])) throw wrong(sentence("canvas-lies", {}));
}

/** A large picture reduced by averaging square blocks of its pixels. */
export function reduced({ width, height, rgba }: Pixels, enough = ENOUGH_PIXELS): Pixels {
  const by = Math.ceil(Math.sqrt((width * height) / enough));
  if (by <= 1 || Math.min(width, height) < by) return { width, height, rgba };
  // The remainder at the right and bottom is less than one pixel of the result.
  const [across, down] = [Math.floor(width / by), Math.floor(height / by)];
  const small = new Uint8ClampedArray(4 * across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (let row = y * by; row < (y + 1) * by; row++) {
        for (let at = 4 * (row * width + x * by), end = at + 4 * by; at < end; at += 4) {
          const opaque = rgba[at + 3] ?? 0;
          red += opaque * (rgba[at] ?? 0);
          green += opaque * (rgba[at + 1] ?? 0);
          blue += opaque * (rgba[at + 2] ?? 0);
          alpha += opaque;
        }
      }
      const to = 4 * (y * across + x);
      small[to] = red / (alpha || 1);
      small[to + 1] = green / (alpha || 1);
      small[to + 2] = blue / (alpha || 1);
      small[to + 3] = alpha / (by * by);
    }
  }
  return { width: across, height: down, rgba: small };
}

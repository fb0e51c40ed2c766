import { LibraryError, type Sentence, sentence } from "./errors.js";
import { type Header, readHeader, type Size } from "./header.js";

/** A picture of four bytes a pixel. */
export interface Pixels extends Size {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A picture that was read. */
export interface Decoded extends Pixels {
  /** Its own size: a large one is reduced. */
  readonly natural: Size;
}

/** Forty megapixels are 160 MB of pixels, held twice: more than that is refused. */
const MOST_PIXELS = 40e6;
/** No browser has larger canvases, whatever their other side is. */
const LONGEST_SIDE = 32_767;
/** No network sees more than a tenth of it, and every pixel beyond is carried along with each explanation. */
const ENOUGH_PIXELS = 6e6;
/** Even uncompressed, as many pixels take no more; a larger file is not read. */
const MOST_BYTES = 250e6;
/** Where a picture's size stands, whatever else a camera put before it. */
const ENOUGH_FOR_SIZE = 16e6;
/** The longer side of a drawing that has no pixels of its own: as many as the largest network sees. */
const DRAWING = 1024;

/**
 * Decodes a picture file, turned the way its camera says, the first frame where there are several. What
 * its header says is checked before: a small file can claim a picture that fills the memory.
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
  // Whatever it is called: an image takes no SVG of another type.
  return await withImage(isDrawing ? file.slice(0, file.size, "image/svg+xml") : file, async (image) => {
    const { naturalWidth: width, naturalHeight: height } = image;
    if (isDrawing) return drawn(image, DRAWING / Math.max(width, height));
    checkSize({ width, height }, name);
    return await pixelsOf(file);
  });
}

/** The file's first bytes. A folder is a file as well, until it is read. */
export async function firstBytes(file: Blob, name: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reading = file.slice(0, most).arrayBuffer();
  const bytes = await reading.catch(() => {
    throw wrong(sentence("unreadable", { name }));
  });
  if (bytes.byteLength === 0) throw wrong(sentence("empty", { name }));
  return new Uint8Array(bytes);
}

/** Holds a picture's size to what a browser's memory and canvases take. */
export function checkSize({ width, height }: Size, name: string): void {
  if (width * height > MOST_PIXELS) {
    const megapixels = Math.round((width * height) / 1e6);
    throw wrong(sentence("picture-megapixels", { name, megapixels, most: MOST_PIXELS / 1e6 }));
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw wrong(sentence("picture-side", { name, width, height, most: LONGEST_SIDE }));
  }
}

/** What is wrong with a picture. */
export const wrong = (what: Sentence): LibraryError => new LibraryError("PictureError", what);

/** What to do about a picture that the browser does not read. */
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
 * Works with the file as an `<img>`, which knows its size without decoding it, draws drawings, and loads
 * nothing that a drawing asks for from elsewhere.
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

/** The pixels of something that a canvas draws, at a size. */
export function readPixels(source: CanvasImageSource, { width, height }: Size): Pixels {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw wrong(sentence("canvas", {}));
  trueCanvas();
  context.drawImage(source, 0, 0, width, height);
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}

/** Holds canvases to giving back what was put in: some browsers answer with noise, lest a page recognise its visitor. */
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

/** A picture of more pixels than any network makes use of, each square of so many of them averaged. */
export function reduced({ width, height, rgba }: Pixels, enough = ENOUGH_PIXELS): Pixels {
  const by = Math.ceil(Math.sqrt((width * height) / enough));
  if (by <= 1 || Math.min(width, height) < by) return { width, height, rgba };
  // What is left over at the right and below is less than a pixel of the result.
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

import type { Dom } from "./dom.js";
import { LibraryError, sentence } from "./errors.js";
import type { Size } from "./header.js";
import { checkSize, type Decoded, decodePicture, readPixels, reduced, wrong } from "./picture.js";

/** RGBA bytes, row by row from the top; for example an `ImageData`. */
export interface PixelData {
  /** 4 · width · height values from 0 to 255, not premultiplied by alpha. */
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The source of a picture: its address, its file, an element that shows it, or its pixels. Files are rotated by
 * their orientation. The pixels of an element from another origin can only be read if it has the attribute
 * `crossorigin`. Node does not decode pictures, and accepts only pixels.
 */
export type Source =
  | string
  | URL
  | Blob
  | Dom<"HTMLImageElement">
  | Dom<"HTMLVideoElement">
  | Dom<"HTMLCanvasElement">
  | Dom<"OffscreenCanvas">
  | Dom<"ImageBitmap">
  | Dom<"VideoFrame">
  | Dom<"ImageData">
  | PixelData;

/** Recognises an element by its tag, so that elements of other frames work too. */
const is = <T extends Source>(source: Source, ...tags: readonly string[]): source is T =>
  tags.includes(Object.prototype.toString.call(source).slice(8, -1));

/** Reads a picture as it is now. @internal */
export async function readSource(source: Source, signal: AbortSignal): Promise<Decoded> {
  if (typeof source === "string" || is<URL>(source, "URL")) return await fetchPicture(String(source), signal);
  if (is<Blob>(source, "Blob", "File")) return await decodePicture(source, nameOf(source));
  if (is<HTMLImageElement>(source, "HTMLImageElement")) {
    const name = lastPart(source.currentSrc || source.src) || "the image";
    await source.decode().catch(() => {
      throw wrong(sentence("picture-broken", { name }));
    });
    return drawnBy(source, { width: source.naturalWidth, height: source.naturalHeight }, name);
  }
  if (is<HTMLVideoElement>(source, "HTMLVideoElement")) {
    const { videoWidth: width, videoHeight: height, readyState, HAVE_CURRENT_DATA } = source;
    const there = readyState >= HAVE_CURRENT_DATA;
    return drawnBy(source, there ? { width, height } : { width: 0, height: 0 }, "the video");
  }
  if (is<VideoFrame>(source, "VideoFrame"))
    return drawnBy(source, { width: source.displayWidth, height: source.displayHeight }, "the frame");
  if (
    is<HTMLCanvasElement | OffscreenCanvas | ImageBitmap>(
      source,
      "HTMLCanvasElement",
      "OffscreenCanvas",
      "ImageBitmap",
    )
  )
    return drawnBy(source, source, "the picture");
  return taken(source);
}

/** The last part of an address's path: a file's name. @internal */
export const lastPart = (url: string): string => {
  const path = /^(data|blob):/.test(url) ? "" : (url.split(/[?#]/)[0] ?? "");
  return path.split("/").at(-1) ?? "";
};

const nameOf = (file: Blob): string => ("name" in file && file.name ? String(file.name) : "the picture");

async function fetchPicture(url: string, signal: AbortSignal): Promise<Decoded> {
  const name = lastPart(url) || "the picture";
  const answer = await fetch(url, { signal }).catch(() => undefined);
  signal.throwIfAborted();
  if (!answer?.ok) throw wrong(sentence("picture-unreachable", { name }));
  return await decodePicture(await answer.blob(), name);
}

/** The pixels of anything that a canvas can draw. */
function drawnBy(source: CanvasImageSource, { width, height }: Size, name: string): Decoded {
  if (width === 0 || height === 0) throw wrong(sentence("picture-blank", { name }));
  checkSize({ width, height }, name);
  try {
    return { ...reduced(readPixels(source, { width, height })), natural: { width, height } };
  } catch (error) {
    if (error instanceof LibraryError) throw error;
    const tainted = error instanceof DOMException && error.name === "SecurityError";
    throw wrong(sentence(tainted ? "picture-tainted" : "picture-broken", { name }));
  }
}

/** A copy of the given pixels, because the caller may change them. @internal */
export function taken(source: ImageData | PixelData): Decoded {
  const { data, width, height } = Object(source) as Partial<PixelData>;
  const bytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array;
  if (!bytes || typeof width !== "number" || typeof height !== "number")
    throw wrong(sentence("picture-source", {}));
  if (data.length === 0 || data.length !== 4 * width * height)
    throw wrong(sentence("picture-pixels", { width, height, values: data.length }));
  checkSize({ width, height }, "the picture");
  const rgba = new Uint8ClampedArray(data);
  return { ...reduced({ rgba, width, height }), natural: { width, height } };
}

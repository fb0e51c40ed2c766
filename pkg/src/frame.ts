import { LibraryError, sentence } from "./errors.js";
import type { Size } from "./header.js";
import { type Pixels, trueCanvas } from "./picture.js";
import type { Frame } from "./protocol.js";

/** A frame's shorter side divided by the network's square: the frame includes what a crop leaves out. */
const ROOM = 1.15;

let canvas: OffscreenCanvas | undefined;

/** The size at which a network with this side is given a frame. */
export function sizeFor({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, (ROOM * side) / Math.min(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A frame's pixels at the size for a network with this side. The frame is closed. */
export function frameFor(frame: Frame, side: number): Pixels {
  try {
    const own =
      "displayWidth" in frame
        ? { width: frame.displayWidth, height: frame.displayHeight }
        : { width: frame.width, height: frame.height };
    const { width, height } = sizeFor(own, side);
    // One canvas for all frames of a camera.
    if (canvas?.width !== width || canvas.height !== height) {
      trueCanvas();
      canvas = new OffscreenCanvas(width, height);
    }
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new LibraryError("PictureError", sentence("canvas", {}));
    context.imageSmoothingQuality = "high";
    context.drawImage(frame, 0, 0, width, height);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    frame.close();
  }
}

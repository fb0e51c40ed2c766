import { putPixels } from "./drawing";
import type { DrawnBird } from "./picture";

/** The drawing's side in pixels: enough for a smooth line on a high-density screen. */
const SIDE = 896;
const [THIN, THICK, HATCH] = [4, 9, 28];

/** Outlines a bird with a thin line, and its deciding parts with a thick line and hatching. */
export function drawParts(canvas: HTMLCanvasElement, { whole, deciding, side }: DrawnBird): void {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) return;
  const [bird, parts] = [silhouette(whole, side), silhouette(deciding, side)];
  const layers = [
    outline(bird, THIN + 3, "rgb(0 0 0 / 0.55)"),
    outline(bird, THIN, "rgb(255 255 255 / 0.9)"),
    hatched(parts),
    outline(parts, THICK, "#fff"),
    outline(parts, THICK - 4, "#1d4ed8"),
  ];
  for (const layer of layers) context.drawImage(layer, 0, 0);
}

/** A mask in full size, with soft edges. */
function silhouette(mask: Uint8Array, side: number): OffscreenCanvas {
  const small = new OffscreenCanvas(side, side);
  const pixels = new Uint8ClampedArray(4 * side * side);
  mask.forEach((value, at) => {
    pixels[4 * at + 3] = 255 * value;
  });
  putPixels(small, pixels, side, side);
  return layer((context) => {
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, SIDE, SIDE);
  });
}

function layer(draw: (context: OffscreenCanvasRenderingContext2D) => void): OffscreenCanvas {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  if (context) draw(context);
  return canvas;
}

/** A line around the outside of a shape: the shape drawn at many offsets, without the shape itself. */
function outline(shape: OffscreenCanvas, width: number, colour: string): OffscreenCanvas {
  return layer((context) => {
    for (let turn = 0; turn < 16; turn++) {
      const angle = (turn * Math.PI) / 8;
      context.drawImage(shape, width * Math.cos(angle), width * Math.sin(angle));
    }
    context.globalCompositeOperation = "destination-out";
    context.drawImage(shape, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = colour;
    context.fillRect(0, 0, SIDE, SIDE);
  });
}

function hatched(shape: OffscreenCanvas): OffscreenCanvas {
  return layer((context) => {
    context.beginPath();
    for (let at = -SIDE; at < SIDE; at += HATCH) {
      context.moveTo(at, 0);
      context.lineTo(at + SIDE, SIDE);
    }
    for (const [width, colour] of [
      [5, "rgb(255 255 255 / 0.7)"],
      [2.5, "#1d4ed8"],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
    context.globalCompositeOperation = "destination-in";
    context.drawImage(shape, 0, 0);
  });
}

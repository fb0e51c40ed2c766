import { type Size, trueCanvas } from "c3lrp/client";
import type { Answer } from "./answer";
import { UserError } from "./errors";
import { methodTitle } from "./methods";
import type { Picture } from "./picture";
import { type State, subjectOf } from "./state";

/** A rectangle in the picture's pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is shown of a picture: all of it, and the borders that the map covers beyond it. */
export function shownRect({ width, height }: Picture, crop: Rect | undefined): Rect {
  if (!crop) return { x: 0, y: 0, width, height };
  const [x, y] = [Math.min(0, crop.x), Math.min(0, crop.y)];
  return {
    x,
    y,
    width: Math.max(width, crop.x + crop.width) - x,
    height: Math.max(height, crop.y + crop.height) - y,
  };
}

/** Puts pixels into a canvas of just their size. */
export function putPixels(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
): void {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(pixels, width, height);
  if (canvas instanceof OffscreenCanvas) canvas.getContext("2d")?.putImageData(image, 0, 0);
  else canvas.getContext("2d")?.putImageData(image, 0, 0);
}

function canvasOf(pixels: Uint8ClampedArray<ArrayBuffer>, { width, height }: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(1, 1);
  putPixels(canvas, pixels, width, height);
  return canvas;
}

/** Draws a picture into a canvas, no larger than a screen needs. */
export function drawPicture(canvas: HTMLCanvasElement, picture: Picture, most: number): void {
  const scale = Math.min(1, most / Math.max(picture.width, picture.height));
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const full = canvasOf(picture.rgba, picture);
  canvas.getContext("2d")?.drawImage(full, 0, 0, canvas.width, canvas.height);
}

/** The part of a picture that a map covers, in a square of so many pixels; what lies beyond stays clear. */
export function drawCrop(canvas: HTMLCanvasElement, picture: Picture, crop: Rect, side: number): void {
  canvas.width = canvas.height = side;
  const { x, y, width, height } = crop;
  const full = canvasOf(picture.rgba, picture);
  canvas.getContext("2d")?.drawImage(full, x, y, width, height, 0, 0, side, side);
}

/** Saves both figures side by side, with a line of text below, as a PNG file. */
export async function saveFigure(state: State): Promise<void> {
  const { answer, opacity, words } = state;
  if (!answer) return;
  const { explained, named } = answer;
  const { target, probability } = explained;
  const caption = words.t.stage.caption({
    name: subjectOf(state, answer),
    share: probability,
    method: methodTitle(named.method.name),
    filter: named.filter,
  });
  const url = URL.createObjectURL(await figurePng(answer, opacity, caption));
  const link = Object.assign(document.createElement("a"), {
    href: url,
    download: `c3lrp-class-${target}.png`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function figurePng({ named, explained }: Answer, opacity: number, caption: string): Promise<Blob> {
  const { picture } = named;
  const { crop, overlay, diverging } = explained;
  const shown = shownRect(picture, crop);
  const tall = Math.max(448, Math.min(1200, Math.round(shown.height)));
  // A picture of one row would be wider than any canvas.
  const scale = Math.min(tall / shown.height, 4800 / shown.width);
  const wide = Math.max(1, Math.round(shown.width * scale));
  const gap = Math.round(tall / 32);
  const text = Math.round(tall / 24);
  const sheet = new OffscreenCanvas(wide + tall + 3 * gap, tall + 3 * gap + text);
  const context = sheet.getContext("2d");
  if (!context) throw new UserError(({ t }) => t.errors.canvas);
  trueCanvas();
  context.fillStyle = "#fff";
  context.fillRect(0, 0, sheet.width, sheet.height);

  const placed = ({ x, y, width, height }: Rect): [number, number, number, number] => [
    gap + (x - shown.x) * scale,
    gap + (y - shown.y) * scale,
    width * scale,
    height * scale,
  ];
  context.drawImage(canvasOf(picture.rgba, picture), ...placed({ x: 0, y: 0, ...picture }));
  context.globalAlpha = opacity;
  context.drawImage(canvasOf(overlay, explained), ...placed(crop));
  context.globalAlpha = 1;
  context.strokeStyle = "#fff";
  context.lineWidth = Math.max(1, tall / 300);
  context.strokeRect(...placed(crop));
  context.drawImage(canvasOf(diverging, explained), 2 * gap + wide, gap, tall, tall);

  context.fillStyle = "#1c1917";
  context.font = `${text}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.fillText(caption, gap, tall + 2 * gap + text / 2, sheet.width - 2 * gap);
  return await sheet.convertToBlob({ type: "image/png" });
}

import type { Size } from "c3lrp/client";
import type { Picture } from "./picture";

/** A rectangle in the picture's pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The shown rectangle: the whole picture, and the borders that the map covers outside it. */
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

/** Puts pixels into a canvas of their size. */
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

/** Pixels as a canvas, which can be drawn at another size. */
export function canvasOf(pixels: Uint8ClampedArray<ArrayBuffer>, { width, height }: Size): OffscreenCanvas {
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

/** Draws the part of a picture that a map covers into a square; outside the picture it stays transparent. */
export function drawCrop(canvas: HTMLCanvasElement, picture: Picture, crop: Rect, side: number): void {
  canvas.width = canvas.height = side;
  const { x, y, width, height } = crop;
  const full = canvasOf(picture.rgba, picture);
  canvas.getContext("2d")?.drawImage(full, x, y, width, height, 0, 0, side, side);
}

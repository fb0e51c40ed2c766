import { type Size, trueCanvas } from "c3lrp/client";
import type { Answer } from "../answer";
import { mapColours, overlayColours, type Scale } from "../colours";
import { canvasOf, type Rect, shownRect } from "../drawing";
import { UserError } from "../errors";

/** What a saved picture shows: the picture under the filtered map, the whole map, or both side by side. */
export const FIGURES = ["both", "over", "map"] as const;
export type Figure = (typeof FIGURES)[number];

/** How to draw a figure, in addition to the answer. */
export interface Drawn {
  /** The opacity of the map over the picture, 0 to 1. */
  readonly opacity: number;
  /** The map's colours. */
  readonly scale: Scale;
  /** The caption below both figures. */
  readonly caption: string;
  /** The longest side, in pixels. */
  readonly most?: number;
}

/** No browser draws longer sides. */
const LONGEST = 8192;
/** The least height of both figures, so that their caption is readable. */
const READABLE = 448;

/** A figure as PNG at the picture's size; pixels outside the map are transparent. */
export async function figurePng(answer: Answer, figure: Figure, how: Drawn): Promise<Blob> {
  const sheet = figure === "both" ? sideBySide(answer, how) : alone(answer, figure, how);
  return await sheet.convertToBlob({ type: "image/png" });
}

function alone(
  { named: { picture }, explained }: Answer,
  figure: Exclude<Figure, "both">,
  { opacity, scale, most = LONGEST }: Drawn,
): OffscreenCanvas {
  const smaller = Math.min(1, most / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * smaller));
  const { sheet, context } = sheetOf({ width: side(picture.width), height: side(picture.height) });
  const at = placedBy(smaller, { x: 0, y: 0 });
  if (figure === "over") {
    context.drawImage(canvasOf(picture.rgba, picture), ...at({ x: 0, y: 0, ...picture }));
    context.globalAlpha = opacity;
  }
  const colours = figure === "over" ? overlayColours(explained, scale) : mapColours(explained, scale);
  context.drawImage(canvasOf(colours, explained), ...at(explained.crop));
  return sheet;
}

function sideBySide(
  { named: { picture }, explained }: Answer,
  { opacity, caption, scale: colours, most = LONGEST }: Drawn,
): OffscreenCanvas {
  const { crop } = explained;
  const [overlay, diverging] = [overlayColours(explained, colours), mapColours(explained, colours)];
  const shown = shownRect(picture, crop);
  const tall = Math.max(READABLE, Math.min(most / 2, Math.round(shown.height)));
  // At that height, a picture with a single row would be wider than any canvas.
  const scale = Math.min(tall / shown.height, most / 2 / shown.width);
  const wide = Math.max(1, Math.round(shown.width * scale));
  const gap = Math.round(tall / 32);
  const text = Math.round(tall / 24);
  const { sheet, context } = sheetOf({ width: wide + tall + 3 * gap, height: tall + 3 * gap + text });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, sheet.width, sheet.height);

  const at = placedBy(scale, { x: shown.x - gap / scale, y: shown.y - gap / scale });
  context.drawImage(canvasOf(picture.rgba, picture), ...at({ x: 0, y: 0, ...picture }));
  context.globalAlpha = opacity;
  context.drawImage(canvasOf(overlay, explained), ...at(crop));
  context.globalAlpha = 1;
  context.strokeStyle = "#fff";
  context.lineWidth = Math.max(1, tall / 300);
  context.strokeRect(...at(crop));
  context.drawImage(canvasOf(diverging, explained), 2 * gap + wide, gap, tall, tall);

  context.fillStyle = "#1c1917";
  context.font = `${text}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.fillText(caption, gap, tall + 2 * gap + text / 2, sheet.width - 2 * gap);
  return sheet;
}

/** A canvas to draw on; first checks that the browser returns what is drawn. */
function sheetOf({ width, height }: Size) {
  const sheet = new OffscreenCanvas(width, height);
  const context = sheet.getContext("2d");
  if (!context) throw new UserError(({ t }) => t.errors.canvas);
  trueCanvas();
  return { sheet, context };
}

/** The position on the sheet of a part of the picture. */
const placedBy =
  (scale: number, from: Pick<Rect, "x" | "y">) =>
  ({ x, y, width, height }: Rect): [number, number, number, number] => [
    (x - from.x) * scale,
    (y - from.y) * scale,
    width * scale,
    height * scale,
  ];

import type { Crop } from "../c3lrp.js";
import type { Dom } from "./dom.js";
import type { Size } from "./header.js";

/** What an overlay can be laid over. */
export type Overlaid = Dom<"HTMLImageElement"> | Dom<"HTMLVideoElement"> | Dom<"HTMLCanvasElement">;

/** An overlay over an element. */
export interface Overlay {
  /** The canvas, placed after the element, which it follows; clicks go through it. The page may set its opacity. */
  readonly canvas: Dom<"HTMLCanvasElement">;
  /** Removes the overlay. */
  remove(): void;
}

/** A map's colours over a picture. @internal */
export interface Colours extends Size {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The part of the picture that the colours cover, in its pixels; it may extend beyond the picture. */
  readonly crop: Crop;
  /** The picture's own size. */
  readonly picture: Size;
}

/** The colours in a picture's shape, interpolated between the map's pixels and transparent outside the map. @internal */
export function inShape(
  { rgba, width, height, crop, picture }: Colours,
  shape: Size,
): Uint8ClampedArray<ArrayBuffer> {
  const shown = new Uint8ClampedArray(4 * shape.width * shape.height);
  const columns = samples(shape.width, picture.width / shape.width, crop.x, crop.width, width);
  const rows = samples(shape.height, picture.height / shape.height, crop.y, crop.height, height);
  // Colours are weighted by their opacity.
  const weighed = Float32Array.from(rgba, (value, at) =>
    at % 4 === 3 ? value : (value * (rgba[at | 3] ?? 0)) / 255,
  );
  const line = new Float32Array(4 * width);
  for (const [y, row] of rows.entries()) {
    if (!row) continue;
    const [above, below] = [4 * width * row.first, 4 * width * row.second];
    for (let at = 0; at < line.length; at++)
      line[at] = blend(weighed[above + at], weighed[below + at], row.part);
    for (const [x, column] of columns.entries()) {
      if (!column) continue;
      const [left, right, at] = [4 * column.first, 4 * column.second, 4 * (y * shape.width + x)];
      const alpha = blend(line[left + 3], line[right + 3], column.part);
      shown[at + 3] = alpha;
      for (let colour = 0; colour < 3 && alpha > 0; colour++)
        shown[at + colour] = (255 * blend(line[left + colour], line[right + colour], column.part)) / alpha;
    }
  }
  return shown;
}

const blend = (one = 0, other = 0, part: number): number => one + (other - one) * part;

/** For each of `count` pixels along a side: the two map pixels around its middle, and the weight of the second; none outside the crop. */
function samples(count: number, scale: number, from: number, length: number, side: number) {
  return Array.from({ length: count }, (_, at) => {
    const place = ((at + 0.5) * scale - from) / length;
    if (place < 0 || place > 1) return undefined;
    const middle = Math.min(side - 1, Math.max(0, place * side - 0.5));
    const first = Math.floor(middle);
    return { first, second: Math.min(side - 1, first + 1), part: middle - first };
  });
}

/** Where an element's picture is in its content box, by its computed `object-fit` and `object-position`. @internal */
export function fitted(box: Size, natural: Size, fit: string, position: string): Crop {
  const [contain, cover] = [Math.min, Math.max].map((which) =>
    which(box.width / natural.width, box.height / natural.height),
  ) as [number, number];
  const scales: Readonly<Record<string, number>> = {
    contain,
    cover,
    none: 1,
    "scale-down": Math.min(1, contain),
  };
  const scale = scales[fit];
  if (scale === undefined) return { x: 0, y: 0, ...box };
  const [width, height] = [natural.width * scale, natural.height * scale];
  // Spaces inside calc() don't separate the two positions.
  const [across = "50%", down = "50%"] = position.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { x: offset(across, box.width - width), y: offset(down, box.height - height), width, height };
}

/** A length in pixels and percentages of the free space: "50%", "10px", "calc(100% - 10px)". */
function offset(length: string, free: number): number {
  const terms = length.matchAll(/([+-]?)\s*(-?[\d.]+)(px|%)/g);
  return [...terms].reduce((sum, [, sign, value, unit]) => {
    const size = unit === "%" ? (Number(value) / 100) * free : Number(value);
    return sum + (sign === "-" ? -size : size);
  }, 0);
}

/** Overrides a page's own styles for canvases. */
const RESET = {
  position: "absolute",
  left: "0",
  top: "0",
  display: "block",
  boxSizing: "content-box",
  maxWidth: "none",
  maxHeight: "none",
  margin: "0",
  border: "0",
  padding: "0",
  pointerEvents: "none",
};

/** The longest side of an overlay's canvas, in pixels. */
const LONGEST = 4096;

/** Lays colours over an element and follows its layout until it shows another picture; `insert` puts the canvas into the page. @internal */
export function layOver(
  element: Overlaid,
  colours: Colours,
  insert = (canvas: HTMLCanvasElement): void => element.after(canvas),
): Overlay {
  const { crop, picture } = colours;
  const map = canvasOf(element, colours);
  map.getContext("2d")?.putImageData(new ImageData(colours.rgba, colours.width, colours.height), 0, 0);
  const canvas = canvasOf(element, { width: 0, height: 0 });
  canvas.ariaHidden = "true";
  Object.assign(canvas.style, RESET);
  const shown = shownBy(element);
  insert(canvas);

  const place = (): void => {
    if (!element.isConnected || shownBy(element) !== shown) {
      remove();
      return;
    }
    const style = getComputedStyle(element);
    const rect = element.getBoundingClientRect();
    // Ancestors may be scaled; a difference below one pixel is rounding.
    const scaled = Math.abs(rect.width - element.offsetWidth) >= 1;
    const scale = scaled ? rect.width / element.offsetWidth || 1 : 1;
    const inset = (side: "Left" | "Top" | "Right" | "Bottom"): number =>
      Number.parseFloat(style[`border${side}Width`]) + Number.parseFloat(style[`padding${side}`]);
    const box = {
      width: Math.max(0, rect.width / scale - inset("Left") - inset("Right")),
      height: Math.max(0, rect.height / scale - inset("Top") - inset("Bottom")),
    };
    // The offset from its own position, whichever ancestor that is measured from.
    const own = canvas.getBoundingClientRect();
    const moved = (now: string, by: number): string => `${Number.parseFloat(now) + by / scale}px`;
    Object.assign(canvas.style, {
      left: moved(canvas.style.left, rect.left - own.left + inset("Left") * scale),
      top: moved(canvas.style.top, rect.top - own.top + inset("Top") * scale),
      width: `${box.width}px`,
      height: `${box.height}px`,
      zIndex: style.zIndex,
      borderRadius: style.borderRadius,
    });
    const sharp = Math.min(devicePixelRatio, LONGEST / Math.max(box.width, box.height, 1));
    canvas.width = Math.round(box.width * sharp);
    canvas.height = Math.round(box.height * sharp);
    const at = fitted(box, naturalSize(element), style.objectFit, style.objectPosition);
    const [across, down] = [at.width / picture.width, at.height / picture.height];
    const context = canvas.getContext("2d");
    context?.scale(sharp, sharp);
    context?.drawImage(
      map,
      at.x + crop.x * across,
      at.y + crop.y * down,
      crop.width * across,
      crop.height * down,
    );
  };

  // Observers report once at the start; anything that moves the element usually changes one of these.
  const sizes = new ResizeObserver(place);
  const { body, documentElement } = element.ownerDocument;
  for (const one of new Set([element, element.parentElement, body, documentElement]))
    if (one) sizes.observe(one);
  const attributes = new MutationObserver(place);
  attributes.observe(element, { attributes: true });
  element.addEventListener("load", place);
  const remove = (): void => {
    sizes.disconnect();
    attributes.disconnect();
    element.removeEventListener("load", place);
    canvas.remove();
  };
  return { canvas, remove };
}

function canvasOf({ ownerDocument }: Overlaid, { width, height }: Size): HTMLCanvasElement {
  return Object.assign(ownerDocument.createElement("canvas"), { width, height });
}

/** The address that an element was given; `currentSrc` may be the same picture in another size. */
const shownBy = (element: Overlaid): string =>
  [element.getAttribute("src"), element.getAttribute("srcset")].join(" ");

function naturalSize(element: Overlaid): Size {
  if ("naturalWidth" in element) return { width: element.naturalWidth, height: element.naturalHeight };
  if ("videoWidth" in element) return { width: element.videoWidth, height: element.videoHeight };
  return element;
}

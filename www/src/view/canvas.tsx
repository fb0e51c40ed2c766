import type { Size } from "c3lrp/client";
import type { CanvasHTMLAttributes } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { putPixels } from "../drawing";

/** A canvas's attributes, besides its drawing. */
export type Attributes = Omit<CanvasHTMLAttributes<HTMLCanvasElement>, "width" | "height" | "ref">;

interface DrawingProps extends Attributes {
  readonly draw: (canvas: HTMLCanvasElement) => void;
  /** The drawing's dependencies: it is redrawn when one changes. Their number never changes. */
  readonly of: readonly unknown[];
}

/** A canvas that is redrawn only when its dependencies change. */
export function Drawing({ draw, of, ...attributes }: DrawingProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) draw(canvas.current);
  }, [...of]);
  return <canvas {...attributes} ref={canvas} />;
}

interface PixelsProps extends Attributes {
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | undefined;
  readonly size: Size | undefined;
}

/** A canvas that shows pixels; without pixels it is emptied, not only hidden. */
export function Pixels({ pixels, size, ...attributes }: PixelsProps) {
  const { width = 1, height = 1 } = size ?? {};
  const draw = (canvas: HTMLCanvasElement): void => {
    if (pixels) putPixels(canvas, pixels, width, height);
    else canvas.width = canvas.height = 1;
  };
  return <Drawing {...attributes} draw={draw} of={[pixels, width, height]} />;
}

import type { Curve } from "c3lrp";
import { percent } from "../words";

/** A map's curve as a line; the slot decides on its colour and dashes. */
export interface Line {
  readonly slot: string;
  readonly curve: Curve;
  /** Whether it is the one that is looked at. */
  readonly chosen: boolean;
}

export interface Chart {
  readonly svg: SVGSVGElement;
  /** Draws the lines, and marks a point of the chosen one. */
  draw(lines: readonly Line[], point: number): void;
}

/** The sheet's size and the plot's edges in it, in units that come to about a pixel. */
const [WIDTH, HEIGHT] = [384, 224];
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 376, 10, 196];

const across = (share: number): number => LEFT + share * (RIGHT - LEFT);
const up = (probability: number): number => BOTTOM - probability * (BOTTOM - TOP);

/**
 * A line chart: the share of the pixels from left to right, the class's probability from 0 to 1. The pointer
 * chooses the point that is looked at.
 */
export function chart(label: string, lookAt: (point: number) => void): Chart {
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  const lines = node("g", {});
  const mark = node("g", { class: "mark" });
  svg.append(...axes(), lines, mark);
  let chosen: Line | undefined;
  const drag = (event: PointerEvent): void => {
    if (!chosen || event.buttons !== 1) return;
    const box = svg.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (RIGHT - LEFT);
    lookAt(nearest(chosen.curve.shares, share));
  };
  svg.addEventListener("pointerdown", drag);
  svg.addEventListener("pointermove", drag);
  const draw = (all: readonly Line[], point: number): void => {
    // The chosen one lies on top.
    const sorted = [...all].sort((a, b) => Number(a.chosen) - Number(b.chosen));
    lines.replaceChildren(...sorted.flatMap(drawn));
    chosen = all.find((line) => line.chosen);
    mark.replaceChildren(...(chosen ? marked(chosen, point) : []));
  };
  return { svg, draw };
}

const nearest = (shares: Float32Array, share: number): number =>
  shares.reduce(
    (best, one, i) => (Math.abs(one - share) < Math.abs((shares[best] ?? 0) - share) ? i : best),
    0,
  );

/** The line alone, as a sample of it beside a name. */
export function swatch(): { svg: SVGSVGElement; draw(slot: string, chosen: boolean): void } {
  const line = node("path", { d: "M1 6H31", class: "curve" });
  const svg = node("svg", { viewBox: "0 0 32 12", class: "swatch", "aria-hidden": "true" });
  svg.append(line);
  const draw = (slot: string, chosen: boolean): void => {
    line.dataset.slot = slot;
    line.dataset.chosen = String(chosen);
  };
  return { svg, draw };
}

function drawn({ slot, curve, chosen }: Line): SVGElement[] {
  const d = path(curve);
  const line = node("path", { d, class: "curve", "data-slot": slot, "data-chosen": String(chosen) });
  if (!chosen) return [line];
  const shares = Array.from(curve.shares);
  const under = `${d}L${across(shares.at(-1) ?? 1)} ${BOTTOM}L${across(shares[0] ?? 0)} ${BOTTOM}Z`;
  return [node("path", { d: under, class: "under", "data-slot": slot }), line];
}

function path({ shares, probabilities }: Curve): string {
  const at = (share: number, i: number): string =>
    `${i === 0 ? "M" : "L"}${across(share).toFixed(1)} ${up(probabilities[i] ?? 0).toFixed(1)}`;
  return Array.from(shares, at).join("");
}

function marked({ slot, curve }: Line, point: number): SVGElement[] {
  const [share, probability] = [curve.shares[point], curve.probabilities[point]];
  if (share === undefined || probability === undefined) return [];
  const [x, y] = [across(share), up(probability)];
  const early = share < 0.75;
  // Above the line where there is room for it.
  const high = y > TOP + 24 ? -9 : 17;
  const text = node("text", {
    x: x + (early ? 8 : -8),
    y: y + high,
    "text-anchor": early ? "start" : "end",
    class: "value",
  });
  text.textContent = percent(probability);
  return [
    node("line", { x1: x, x2: x, y1: TOP, y2: BOTTOM }),
    node("circle", { cx: x, cy: y, r: 5, "data-slot": slot }),
    text,
  ];
}

function axes(): SVGElement[] {
  const grid: SVGElement[] = [];
  for (const part of [0, 0.5, 1]) {
    grid.push(
      node("line", { x1: LEFT, x2: RIGHT, y1: up(part), y2: up(part), class: "grid" }),
      word(percent(part), LEFT - 7, up(part) + 4, "end"),
      word(percent(part), across(part), BOTTOM + 18, part === 1 ? "end" : "middle"),
    );
  }
  return grid;
}

function word(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = node("text", { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}

function node<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

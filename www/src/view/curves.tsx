import type { Curve } from "c3lrp";
import type { Film } from "c3lrp/client";
import type { TargetedPointerEvent } from "preact";
import type { Outcome } from "../answer";
import type { Candidate, Curves } from "../judgement";
import type { Words } from "../words/words";
import type { Work } from "../work";

export const DIRECTIONS = ["insertion", "deletion"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A measured map: a line in the charts, and a row in the table. */
export interface Row extends Candidate {
  readonly title: string;
  /** Its colour and dashes. */
  readonly slot: string;
  /** Whether its pictures are shown. */
  readonly chosen: boolean;
  /** Whether the filter left nothing of it. */
  readonly blank: boolean;
  readonly outcome: Outcome<Curves> | undefined;
  /** The pictures behind its curves; most maps have none. */
  readonly film: Outcome<Film> | undefined;
  readonly work: Work | undefined;
}

export const curveOf = (row: Row | undefined, direction: Direction): Curve | undefined =>
  row?.outcome?.kind === "done" ? row.outcome.value[direction] : undefined;

/** The chart's size and the plot's edges in it, in units of about a pixel. */
const [WIDTH, HEIGHT] = [384, 224];
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 376, 10, 196];

const across = (share: number): number => LEFT + share * (RIGHT - LEFT);
const up = (probability: number): number => BOTTOM - probability * (BOTTOM - TOP);

export interface ChartProps {
  readonly words: Words;
  readonly direction: Direction;
  readonly rows: readonly Row[];
  /** The selected point of the chosen curve. */
  readonly point: number;
  readonly lookAt: (point: number) => void;
}

/**
 * A line chart: the share of the pixels from left to right, the class's probability from 0 to 1. The pointer
 * selects a point.
 */
export function Chart({ words, direction, rows, point, lookAt }: ChartProps) {
  const lines = rows.flatMap((row) => {
    const curve = curveOf(row, direction);
    return curve ? [{ ...row, curve, d: path(curve) }] : [];
  });
  const chosen = lines.find((line) => line.chosen);
  // The chosen curve is on top.
  lines.sort((a, b) => Number(a.chosen) - Number(b.chosen));
  const drag = ({ buttons, clientX, currentTarget }: TargetedPointerEvent<SVGSVGElement>): void => {
    if (!chosen || buttons !== 1) return;
    const box = currentTarget.getBoundingClientRect();
    const share = (((clientX - box.left) / box.width) * WIDTH - LEFT) / (RIGHT - LEFT);
    lookAt(nearest(chosen.curve.shares, share));
  };
  const { [direction]: mine, chart } = words.t.measuring.curves;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={chart(mine.title)}
      onPointerDown={drag}
      onPointerMove={drag}
    >
      <g>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line x1={LEFT} x2={RIGHT} y1={up(part)} y2={up(part)} class="grid" />
            <text x={LEFT - 7} y={up(part) + 4} text-anchor="end">
              {words.f.percent(part)}
            </text>
            <text x={across(part)} y={BOTTOM + 18} text-anchor={part === 1 ? "end" : "middle"}>
              {words.f.percent(part)}
            </text>
          </g>
        ))}
      </g>
      {chosen && <path d={under(chosen)} class="under" data-slot={chosen.slot} />}
      {lines.map(({ id, d, slot, chosen }) => (
        <path key={id} d={d} class="curve" data-slot={slot} data-chosen={chosen} />
      ))}
      {chosen && mark(words, chosen.slot, chosen.curve, point)}
    </svg>
  );
}

function nearest(shares: Float32Array, share: number): number {
  const far = shares.map((one) => Math.abs(one - share));
  return far.indexOf(Math.min(...far));
}

function path({ shares, probabilities }: Curve): string {
  const at = (share: number, i: number): string =>
    `${i === 0 ? "M" : "L"}${across(share).toFixed(1)} ${up(probabilities[i] ?? 0).toFixed(1)}`;
  return Array.from(shares, at).join("");
}

const under = ({ d, curve: { shares } }: { readonly d: string; readonly curve: Curve }): string =>
  `${d}L${across(shares.at(-1) ?? 1)} ${BOTTOM}L${across(shares[0] ?? 0)} ${BOTTOM}Z`;

/** A short sample of a line beside its name. */
export const Swatch = ({ slot, chosen }: Pick<Row, "slot" | "chosen">) => (
  <svg viewBox="0 0 32 12" class="swatch" aria-hidden="true">
    <path d="M1 6H31" class="curve" data-slot={slot} data-chosen={chosen} />
  </svg>
);

/** The selected point on the chosen curve. */
function mark({ f }: Words, slot: string, curve: Curve, point: number) {
  const [share, probability] = [curve.shares[point], curve.probabilities[point]];
  if (share === undefined || probability === undefined) return null;
  const [x, y] = [across(share), up(probability)];
  const early = share < 0.75;
  // Above the line if there is space.
  const high = y > TOP + 24 ? -9 : 17;
  return (
    <g class="mark">
      <line x1={x} x2={x} y1={TOP} y2={BOTTOM} />
      <circle cx={x} cy={y} r={5} data-slot={slot} />
      <text x={x + (early ? 8 : -8)} y={y + high} text-anchor={early ? "start" : "end"} class="value">
        {f.percent(probability)}
      </text>
    </g>
  );
}

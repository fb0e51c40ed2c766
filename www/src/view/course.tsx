import { nameOf } from "../current";
import type { Easel } from "../easel";
import type { Props } from "./props";

const [WIDTH, HEIGHT, EDGE] = [240, 56, 4];

/** The history of the followed class's probability, from the untouched picture to the current paint. */
export function Course({ state, easel }: Pick<Props, "state"> & { readonly easel: Easel }) {
  const { words } = state;
  const { painting: t } = words.t;
  const { course, target } = easel;
  const [first, last] = [course[0], course.at(-1)];
  if (!first || !last) return null;
  const said = { name: nameOf(state, target), from: first.share, to: last.share };
  const x = (at: number): number => EDGE + (at / Math.max(1, course.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (share: number): number => HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE);
  const line = course.map(
    ({ share }, at) => `${at === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(share).toFixed(1)}`,
  );
  return (
    <figure id="course">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t.course({ ...said, steps: course.length - 1 })}
      >
        <line x1={0} x2={WIDTH} y1={y(1)} y2={y(1)} />
        <line x1={0} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <path d={line.join("")} />
        <circle cx={x(course.length - 1)} cy={y(last.share)} r={3} />
      </svg>
      <figcaption id="course-word">{t.went(said)}</figcaption>
    </figure>
  );
}

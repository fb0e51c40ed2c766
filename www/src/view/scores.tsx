import { useMemo } from "preact/hooks";
import { pointing } from "../facts";
import { curveOf, type Row, Swatch } from "./curves";
import type { Props } from "./props";

/** The columns, and whether high or low is better. */
const SCORES = [
  { score: "insertion", better: Math.max },
  { score: "deletion", better: Math.min },
  { score: "id", better: Math.max },
] as const;
type Score = (typeof SCORES)[number]["score"];

const scoreOf = ({ outcome }: Row, score: Score): number | undefined => {
  if (outcome?.kind !== "done") return undefined;
  return score === "id" ? outcome.value.id : outcome.value[score].area;
};

/** The scores of all curves, also the lines' legend; one of the maps is chosen here. */
export function Scores({ state, actions, rows }: Props & { readonly rows: readonly Row[] }) {
  const { words, comparison, judgement, answer } = state;
  const { protocol, ties } = judgement.judge;
  const { gap, judging, scores: t } = words.t.measuring;
  const bird = answer?.named.picture.bird?.whole;
  const known = rows.every(({ map }) => map.length === bird?.length) ? bird : undefined;
  const points = rows.map((row) => curveOf(row, "insertion")?.shares.length).find((count) => count);
  // Compared as printed; a single map has no best.
  const best = SCORES.map(({ score, better }) => {
    const all = rows.flatMap((row) => scoreOf(row, score) ?? []);
    return all.length > 1 ? words.f.shortFigure(better(...all)) : undefined;
  });
  return (
    <>
      <table id="scores" class="masses" data-pointing={known !== undefined}>
        <caption>{t.caption(judging.protocols[protocol], t.equal[ties])}</caption>
        <thead>
          <tr>
            <th scope="col">{t.map}</th>
            {SCORES.map(({ score, better }) => (
              <th key={score} scope="col">
                {score === "id" ? <abbr title={t.difference}>{t.id}</abbr> : t[score]}{" "}
                {better === Math.max ? <abbr title={t.higher}>↑</abbr> : <abbr title={t.lower}>↓</abbr>}
              </th>
            ))}
            <th scope="col" class="pointing">
              {t.peak}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ScoreRow key={row.id} state={state} actions={actions} row={row} best={best} bird={known} />
          ))}
        </tbody>
      </table>
      <p id="scores-word" class="soft">
        {[points ? t.points(points) : [], t.fair, comparison.open ? [] : t.more].flat().join(gap)}
      </p>
    </>
  );
}

interface ScoreRowProps extends Props {
  readonly row: Row;
  readonly best: readonly (string | undefined)[];
  readonly bird: Uint8Array | undefined;
}

function ScoreRow({ state, actions, row, best, bird }: ScoreRowProps) {
  const { id, title, slot, chosen, blank, outcome, map } = row;
  const radio = `judged-${id}`;
  const { words } = state;
  const t = words.t.measuring.scores;
  const told = outcome?.kind === "failed" ? outcome.say(words) : blank ? t.blank : undefined;
  // Whether the strongest pixel lies on the bird, or the share of several equally strong ones.
  const peak = useMemo(() => (bird && !blank ? pointing(map, bird) : undefined), [map, bird, blank]);
  return (
    <tr data-baseline={row.baseline}>
      <th scope="row">
        <label>
          <input
            id={radio}
            type="radio"
            name="judged"
            value={id}
            autocomplete="off"
            checked={chosen}
            onChange={() => actions.judging.choose(id)}
          />
          <Swatch slot={slot} chosen={chosen} />
          <span>{title}</span>
        </label>
      </th>
      {told !== undefined ? (
        <td colSpan={SCORES.length} class="told">
          <p class="wait soft">{told}</p>
          <button
            type="button"
            hidden={outcome?.kind !== "failed"}
            data-then={radio}
            onClick={actions.judging.resume}
          >
            {words.t.work.tryAgain}
          </button>
        </td>
      ) : (
        SCORES.map(({ score }, i) => {
          const found = scoreOf(row, score);
          const text = found === undefined ? t.nothing : words.f.shortFigure(found);
          return (
            <td key={score} data-best={text === best[i]}>
              <span>{text}</span>
              <span class="unseen">{text === best[i] && t.best}</span>
            </td>
          );
        })
      )}
      <td class="pointing">
        {peak === undefined ? t.nothing : peak === 1 ? t.yes : peak === 0 ? t.no : words.f.percent(peak)}
      </td>
    </tr>
  );
}

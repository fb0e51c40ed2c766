import type { Actions } from "../actions";
import { byId, fill, make, memo, say } from "../dom";
import { pointing } from "../facts";
import type { Candidate } from "../judging";
import type { State, Verdict } from "../state";
import { percent, shortFigure } from "../words";
import { swatch } from "./curves";

/** A map's place in the table. */
export interface Row extends Candidate {
  /** Its colour and dashes. */
  readonly slot: string;
  /** Whether its pictures are shown. */
  readonly chosen: boolean;
  /** Whether the filter left nothing of it. */
  readonly blank: boolean;
  readonly verdict: Verdict | undefined;
}

/** The columns, and which end of them is the better one. */
const SCORES = [
  { score: "insertion", better: Math.max },
  { score: "deletion", better: Math.min },
  { score: "id", better: Math.max },
] as const;
type Score = (typeof SCORES)[number]["score"];

interface Drawn {
  readonly item: HTMLTableRowElement;
  draw(row: Row, best: Readonly<Record<Score, number>>, bird: Uint8Array | undefined): void;
}

/** The scores of all curves, which name their lines too; one of the maps is chosen here. */
export function scoresView(actions: Actions): (state: State, rows: readonly Row[]) => void {
  const table = byId("scores");
  const [caption, , body] = table.children;
  const kept = new Map<string, Drawn>();
  return (state, rows) => {
    const { protocol, ties } = state.judgement.judge;
    if (caption instanceof HTMLElement) {
      const equals = ties === "stable" ? "equal values one by one" : "equal values together";
      say(caption, `Areas under the curves: ${TITLES[protocol]}, ${equals}`);
    }
    const bird = state.picture?.bird?.whole;
    const known = rows.every(({ map }) => map.length === bird?.length) ? bird : undefined;
    table.dataset.pointing = String(known !== undefined);
    const best = bestOf(rows);
    const items = rows.map((row) => {
      const drawn = kept.get(row.title) ?? scoreRow(row.title, actions);
      kept.set(row.title, drawn);
      drawn.draw(row, best, known);
      return drawn.item;
    });
    if (body) fill(body, items);
  };
}

const TITLES = { paper: "C3-LRP paper", rise: "RISE", patch: "Lab's patches" } as const;

const scoreOf = ({ verdict }: Row, score: Score): number | undefined => {
  if (verdict?.kind !== "done") return undefined;
  return score === "id" ? verdict.curves.id : verdict.curves[score].area;
};

/** The best of each column, as far as it is printed; of a single map there is none. */
function bestOf(rows: readonly Row[]): Record<Score, number> {
  const best = { insertion: Number.NaN, deletion: Number.NaN, id: Number.NaN };
  for (const { score, better } of SCORES) {
    const all = rows.flatMap((row) => scoreOf(row, score) ?? []);
    if (all.length > 1) best[score] = better(...all);
  }
  return best;
}

function scoreRow(title: string, actions: Actions): Drawn {
  const radio = make("input", { type: "radio", name: "judged", value: title });
  radio.addEventListener("change", () => actions.judging.choose(title));
  const line = swatch();
  const name = make("th", { scope: "row" }, make("label", {}, radio, line.svg, make("span", {}, title)));
  const cells = SCORES.map(({ score }) => {
    const [value, best] = [make("span", {}), make("span", { className: "unseen" })];
    return { score, cell: make("td", {}, value, best), value, best };
  });
  const wait = make("td", { colSpan: SCORES.length, className: "wait soft" });
  const points = make("td", { className: "pointing" });
  const item = make("tr", {}, name, ...cells.map(({ cell }) => cell), wait, points);

  let row: Row | undefined;
  let bird: Uint8Array | undefined;
  const point = memo(() => {
    const share = row && bird ? pointing(row.map, bird) : 0;
    say(points, row?.blank ? "–" : share === 1 ? "yes" : share === 0 ? "no" : percent(share));
  });
  const draw: Drawn["draw"] = (next, best, known) => {
    [row, bird] = [next, known];
    item.dataset.baseline = String(next.baseline);
    radio.checked = next.chosen;
    line.draw(next.slot, next.chosen);
    const { verdict, blank } = next;
    const text = blank ? "The filter leaves nothing of it, so there is no order to measure." : "";
    const told = verdict?.kind === "failed" ? verdict.text : text;
    say(wait, told);
    wait.hidden = told === "";
    for (const { score, cell, value, best: mark } of cells) {
      const found = scoreOf(next, score);
      const first = found !== undefined && shortFigure(found) === shortFigure(best[score]);
      cell.hidden = told !== "";
      cell.dataset.best = String(first);
      say(value, found === undefined ? "–" : shortFigure(found));
      say(mark, first ? " (best)" : "");
    }
    if (known) point(next.map, known);
  };
  return { item, draw };
}

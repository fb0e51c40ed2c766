import type { Actions } from "../actions";
import { byId, checkRadio, element, make, memo, say } from "../dom";
import { putPixels } from "../drawing";
import { blank, equals } from "../facts";
import { candidates, chosenOf, same, verdictOn } from "../judging";
import { className, shortName } from "../labels";
import type { Film, Judge } from "../protocol";
import type { Render, State } from "../state";
import { percent } from "../words";
import { chart } from "./curves";
import { type Row, scoresView } from "./scores";
import { showProgress, workWords } from "./work";

const PROTOCOLS: Readonly<Record<Judge["protocol"], string>> = {
  paper: "C3-LRP paper: hidden pixels show the mean colour (Equations 5 and 6).",
  rise: "RISE: hidden pixels show the blurred picture on insertion, and the mean colour on deletion.",
  patch:
    "Lab's patches: hidden pixels are black, and patches are single pixels, as in the lab's released code.",
};

const TIES: Readonly<Record<Judge["ties"], string>> = {
  stable: "they come one after the other, row by row.",
  together: "they come all at once, which flatters a map that keeps little.",
};

const DIRECTIONS = [
  {
    direction: "insertion",
    title: "Insertion: pixels come back",
    left: "shown",
  },
  {
    direction: "deletion",
    title: "Deletion: pixels are taken away",
    left: "hidden",
  },
] as const;

/** How faithful the maps are that the page shows: scores, curves, and the pictures behind every point. */
export function judgementView(actions: Actions): Render {
  const { judging } = actions;
  let state: State | undefined;
  byId("judge-open").addEventListener("click", () => judging.open(!state?.judgement.open));
  byId("judge-cancel").addEventListener("click", () => {
    if (byId("judge-cancel").dataset.halted === "true") judging.resume();
    else judging.cancel();
  });
  for (const name of ["protocol", "ties"] as const) {
    for (const radio of document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)) {
      radio.addEventListener("change", () => judging.set({ [name]: radio.value }));
    }
  }
  const baselines = element("baselines", HTMLInputElement);
  baselines.addEventListener("change", () => judging.compareWithBaselines(baselines.checked));
  const slider = element("point", HTMLInputElement);
  slider.addEventListener("input", () => judging.lookAt(slider.valueAsNumber));
  const scores = scoresView(actions);
  let share = 0;
  const countEquals = memo(() => {
    const map = state && chosenOf(state, candidates(state))?.map;
    share = map ? equals(map) : 0;
  });
  const sides = DIRECTIONS.map((one) => side(one, judging.lookAt.bind(judging)));

  return (next) => {
    state = next;
    const { open, judge, making, baselines: with_ } = next.judgement;
    byId("judgement").hidden = !open;
    byId("judge-open").setAttribute("aria-expanded", String(open));
    say(byId("judge-open"), open ? "Close" : "Measure");
    if (!open) return;
    checkRadio("protocol", judge.protocol);
    checkRadio("ties", judge.ties);
    baselines.checked = with_;
    say(byId("protocol-word"), PROTOCOLS[judge.protocol]);
    byId("judgement").dataset.stale = String(!next.result || next.work?.kind === "explain");
    const rows = rowsOf(next);
    scores(next, rows);
    const chosen = chosenRow(rows);
    countEquals(chosen?.map);
    const here = chosen ? `, ${percent(share)} of ${chosen.title}'s` : "";
    say(byId("ties-word"), `Filters give many pixels one value${here}: ${TIES[judge.ties]}`);
    drawButton(next, rows);
    byId("judge-work").style.visibility = making ? "visible" : "hidden";
    if (making) {
      showProgress(element("judge-bar", HTMLProgressElement), making.work);
      say(byId("judge-what"), `${making.title}: ${workWords(making.work)}`);
    }
    say(byId("scores-word"), scoresWord(next, rows));
    drawPoint(next, rows, slider);
    for (const draw of sides) draw(next, rows);
  };
}

function rowsOf(state: State): Row[] {
  const all = candidates(state);
  const chosen = chosenOf(state, all);
  const maps = all.filter(({ baseline }) => !baseline);
  return all.map((one) => ({
    ...one,
    slot: one.baseline ? one.title : String(maps.indexOf(one)),
    chosen: one === chosen,
    blank: blank(one.map),
    verdict: verdictOn(state.judgement, one),
  }));
}

/** One button calls the rest off, and afterwards measures it after all; it keeps its place and the focus. */
function drawButton({ judgement, result }: State, rows: readonly Row[]): void {
  const { making, halted } = judgement;
  const missing = rows.some(({ verdict, blank }) => verdict?.kind !== "done" && !blank);
  const failed = rows.some(({ verdict }) => verdict?.kind === "failed");
  const stopped = making === undefined && (halted || failed);
  const button = byId("judge-cancel");
  button.dataset.halted = String(stopped);
  button.style.visibility = missing && result ? "visible" : "hidden";
  say(button, stopped ? "Go on" : "Cancel");
}

const chosenRow = (rows: readonly Row[]): Row | undefined => rows.find(({ chosen }) => chosen);

const curveOf = (row: Row | undefined, direction: keyof Film) =>
  row?.verdict?.kind === "done" ? row.verdict.curves[direction] : undefined;

/** The point that is looked at, as far as the curve has so many. */
function pointOf({ judgement }: State, row: Row | undefined): number {
  const points = curveOf(row, "insertion")?.shares.length;
  return points === undefined ? judgement.point : Math.min(judgement.point, points - 1);
}

function drawPoint(state: State, rows: readonly Row[], slider: HTMLInputElement): void {
  const chosen = chosenRow(rows);
  const shares = curveOf(chosen, "insertion")?.shares;
  slider.disabled = shares === undefined;
  if (!shares) return;
  const point = pointOf(state, chosen);
  slider.max = String(shares.length - 1);
  slider.value = String(point);
  const share = percent(shares[point] ?? 0);
  slider.setAttribute("aria-valuetext", `${share} of the pixels`);
  say(byId("point-word"), share);
}

function scoresWord({ judgement, comparison }: State, rows: readonly Row[]): string {
  const points = curveOf(chosenRow(rows), "insertion")?.shares.length;
  return [
    points === undefined ? "" : `${points} points a curve.`,
    "Scores under different switches can't be compared.",
    judgement.baselines
      ? "Uniform is equal everywhere; Gaussian knows that things tend to be in the middle."
      : "",
    comparison.open ? "" : "Open the comparison above, and its methods are measured too.",
  ]
    .filter((word) => word)
    .join(" ");
}

/** A direction's chart, and below it the picture at the point that is looked at. */
function side(
  { direction, title, left }: (typeof DIRECTIONS)[number],
  lookAt: (point: number) => void,
): (state: State, rows: readonly Row[]) => void {
  const { svg, draw } = chart(`${title}. The curves' areas are in the table of scores.`, lookAt);
  const name = make("strong", {}, title);
  const axis = make("span", { className: "soft" });
  byId("charts").append(make("figure", {}, make("figcaption", {}, name, axis), svg));
  const canvas = make("canvas", { id: `shot-${direction}`, width: 1, height: 1 });
  canvas.setAttribute("role", "img");
  const wait = make("p", { className: "wait soft" });
  const [answer, rest] = [make("strong", {}), make("span", {})];
  const caption = make("figcaption", { id: `shot-${direction}-word` }, answer, rest);
  byId("shots").append(make("figure", {}, make("div", { className: "frame" }, canvas, wait), caption));

  let rows: readonly Row[] = [];
  let state: State | undefined;
  const drawCurves = memo(() => {
    const lines = rows.flatMap(({ slot, chosen, verdict }) =>
      verdict?.kind === "done" ? [{ slot, chosen, curve: verdict.curves[direction] }] : [],
    );
    if (state) draw(lines, pointOf(state, chosenRow(rows)));
  });
  let shot: Uint8ClampedArray<ArrayBuffer> | undefined;
  const drawShot = memo(() => {
    const width = state?.result?.explained.width ?? 0;
    if (shot && width) putPixels(canvas, shot, width, shot.length / 4 / width);
  });
  return (next, all) => {
    [state, rows] = [next, all];
    const { result, labels, judgement } = next;
    const row = chosenRow(rows);
    const point = pointOf(next, row);
    const name = result ? shortName(className(labels, result.explained.target)) : "the class";
    say(axis, `Probability of ${name}, by pixels ${left}`);
    drawCurves(point, row?.title, ...rows.map(({ verdict }) => verdict));
    const { film } = judgement;
    shot = row && film && same(film, row) ? film.film[direction][point] : undefined;
    drawShot(shot);
    const curve = curveOf(row, direction);
    canvas.dataset.waiting = String(shot === undefined);
    say(wait, row?.blank ? "No order, so no pictures." : "");
    const probability = curve?.probabilities[point];
    const share = curve?.shares[point];
    const known = row && probability !== undefined && share !== undefined;
    say(answer, known ? `${percent(probability)} ${name}` : "");
    say(rest, known ? `with ${percent(share)} of the pixels ${left}, in the order of ${row.title}` : "");
    canvas.setAttribute("aria-label", known ? `${answer.textContent} ${rest.textContent}` : title);
  };
}

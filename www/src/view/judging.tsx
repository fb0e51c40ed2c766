import { candidates, chosenOf } from "../compared";
import { isOld, nameOf } from "../current";
import { blank, tiedShare } from "../facts";
import { curvesKey, mapTitle } from "../judgement";
import { shortName } from "../labels";
import type { State } from "../state";
import { Pixels } from "./canvas";
import { Chart, type ChartProps, curveOf, DIRECTIONS, type Row } from "./curves";
import { Folding } from "./folding";
import { ProgressBar, workWords } from "./progress";
import type { Props } from "./props";
import { Scores } from "./scores";
import { Segments } from "./segments";
import { Why } from "./why";

/** The section on the faithfulness of the shown maps. */
export function Judging(props: Props) {
  const { state, actions } = props;
  return (
    <Folding
      id="judge"
      inside="judgement"
      open={state.judgement.open}
      onOpen={actions.judging.open}
      words={state.words.t.measuring.judging}
      stale={!state.answer || isOld(state)}
    >
      <Measured {...props} />
    </Folding>
  );
}

/** Scores, curves, and the pictures behind every point. */
function Measured(props: Props) {
  const { state, actions } = props;
  const { words, judgement, answer } = state;
  const { t, f } = words;
  const rows = rowsOf(state);
  const chosen = rows.find((row) => row.chosen);
  const shares = curveOf(chosen, "insertion")?.shares;
  const point = Math.min(judgement.point, (shares?.length ?? Number.POSITIVE_INFINITY) - 1);
  const share = f.percent(shares?.[point] ?? 0);
  const name = answer ? shortName(nameOf(state, answer.explained.target)) : t.measuring.curves.theClass;
  const { lookAt } = actions.judging;
  return (
    <>
      <div>
        <p>{t.measuring.judging.insertion}</p>
        <p>{t.measuring.judging.deletion}</p>
      </div>
      <Switches {...props} chosen={chosen} />
      <Progress {...props} rows={rows} />
      <Scores {...props} rows={rows} />
      <div id="charts">
        {DIRECTIONS.map((direction) => (
          <figure key={direction}>
            <figcaption>
              <strong>{t.measuring.curves[direction].title}</strong>
              <span class="soft">{t.measuring.curves[direction].axis(name)}</span>
            </figcaption>
            <Chart words={words} direction={direction} rows={rows} point={point} lookAt={lookAt} />
          </figure>
        ))}
      </div>
      <label class="slider" id="point-label">
        <span>{t.measuring.curves.pixels}</span>
        <input
          id="point"
          type="range"
          autocomplete="off"
          min="0"
          max={shares ? shares.length - 1 : 50}
          value={point}
          disabled={!shares}
          aria-describedby="point-word"
          aria-valuetext={t.measuring.curves.ofPixels(share)}
          onInput={({ currentTarget }) => lookAt(currentTarget.valueAsNumber)}
        />
        <output id="point-word" for="point">
          {shares && share}
        </output>
      </label>
      <div id="shots">
        {DIRECTIONS.map((direction) => (
          <Shot key={direction} words={words} direction={direction} row={chosen} point={point} name={name} />
        ))}
      </div>
    </>
  );
}

function rowsOf(state: State): Row[] {
  const { words, curves, films, running, judgement } = state;
  const all = candidates(state);
  const chosen = chosenOf(state, all);
  const maps = all.filter(({ baseline }) => !baseline);
  return all.map((one) => {
    const key = curvesKey(one.key, judgement.judge);
    return {
      ...one,
      title: mapTitle(words, one.id),
      slot: one.baseline ? one.id : `${maps.indexOf(one)}`,
      chosen: one === chosen,
      blank: blank(one.map),
      outcome: curves.get(key),
      film: films.get(key),
      work: running.get(key),
    };
  });
}

/** How to measure. */
function Switches({ state, actions, chosen }: Props & { readonly chosen: Row | undefined }) {
  const { words } = state;
  const { judge } = state.judgement;
  const t = words.t.measuring.judging;
  return (
    <>
      <div class="row">
        <Segments
          name="protocol"
          legend={t.protocol}
          value={judge.protocol}
          choices={t.protocols}
          onChange={(protocol) => actions.judging.set({ protocol })}
          describedBy="protocol-word"
        />
        <Segments
          name="ties"
          legend={t.ties}
          value={judge.ties}
          choices={t.tie}
          onChange={(ties) => actions.judging.set({ ties })}
          describedBy="ties-word"
        />
      </div>
      <div>
        <p id="protocol-word" class="soft">
          {t.hidden[judge.protocol]}
        </p>
        <p id="ties-word" class="soft">
          {chosen && t.equal(words.f.percent(tiedShare(chosen.map)), chosen.title) + words.t.measuring.gap}
          {t.order[judge.ties]}
        </p>
      </div>
    </>
  );
}

/** What is being measured, and one button that cancels or continues; it keeps its place and the focus. */
function Progress({ state, actions: { judging }, rows }: Props & { readonly rows: readonly Row[] }) {
  const { words, judgement } = state;
  const t = words.t.measuring.judging;
  const at = rows.find(({ work }) => work);
  const failed = rows.some((row) => [row.outcome, row.film].some((one) => one && one.kind !== "done"));
  const missing = failed || rows.some(({ outcome, blank }) => !outcome && !blank);
  const stopped = !at && (judgement.halted || failed);
  return (
    <div class="row">
      <div class="said">
        <label class="check">
          <input
            id="baselines"
            type="checkbox"
            autocomplete="off"
            checked={judgement.baselines}
            onChange={({ currentTarget }) => judging.compareWithBaselines(currentTarget.checked)}
          />
          <span>{t.baselines}</span>
        </label>
        <Why label={t.baselinesAbout}>{t.baselinesWhy}</Why>
      </div>
      <div id="judge-work" style={{ visibility: at ? "" : "hidden" }}>
        {at?.work && <ProgressBar id="judge-bar" work={at.work} label={at.title} />}
        <span id="judge-what" class="soft">
          {at?.work && t.work(at.title, workWords(words, at.work))}
        </span>
      </div>
      <button
        id="judge-cancel"
        type="button"
        data-then="judge-open"
        style={{ visibility: missing ? "" : "hidden" }}
        onClick={stopped ? judging.resume : judging.cancel}
      >
        {stopped ? t.goOn : words.t.work.cancel}
      </button>
    </div>
  );
}

interface ShotProps extends Pick<ChartProps, "words" | "direction" | "point"> {
  readonly row: Row | undefined;
  readonly name: string;
}

/** The picture at the selected point. */
function Shot({ words, direction, row, point, name }: ShotProps) {
  const { t, f } = words;
  const { [direction]: mine, answer, noOrder } = t.measuring.curves;
  const film = row?.film;
  const shot = film?.kind === "done" ? film.value[direction][point] : undefined;
  const curve = curveOf(row, direction);
  const [share, probability] = [curve?.shares[point], curve?.probabilities[point]];
  const known = row && share !== undefined && probability !== undefined;
  const said = known ? [answer(f.percent(probability), name), mine.shot(f.percent(share), row.title)] : [];
  return (
    <figure>
      <div class="frame">
        <Pixels
          id={`shot-${direction}`}
          role="img"
          aria-label={known ? said.join(" ") : mine.title}
          data-waiting={shot === undefined}
          pixels={shot}
          size={row?.of.explained}
        />
        <p class="wait soft">{row?.blank ? noOrder : film?.kind === "failed" ? film.say(words) : ""}</p>
      </div>
      <figcaption id={`shot-${direction}-word`}>
        <strong>{said[0]}</strong>
        <span>{said[1]}</span>
      </figcaption>
    </figure>
  );
}

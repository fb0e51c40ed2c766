import type { Engine, On } from "c3lrp/client";
import { put } from "../answer";
import { candidates, chosenOf, missingCards } from "../compared";
import { isOld } from "../current";
import type { Want } from "../desk";
import { blank } from "../facts";
import { type Candidate, type CurveSettings, curvesKey, mapTitle } from "../judgement";
import type { State } from "../state";
import type { Say } from "../words/words";
import { failing, ready, URGENCY } from "./want";

/** Measures the chosen map's curves first, then its pictures, then the other maps' curves. */
export function judgement(_: Engine, state: State): Want[] {
  const { open, halted, judge } = state.judgement;
  const on = ready(state);
  if (!open || !on || isOld(state) || missingCards(state).length > 0) return [];
  const all = candidates(state);
  const chosen = chosenOf(state, all);
  const measured = chosen && state.curves.get(curvesKey(chosen.key, judge));
  const shown =
    chosen && measured?.kind === "done" && !state.films.has(curvesKey(chosen.key, judge))
      ? [film(on, judge, chosen, measured.value.insertion.shares.length)]
      : [];
  if (halted) return shown;
  const missing = all.filter((one) => !blank(one.map) && !state.curves.has(curvesKey(one.key, judge)));
  const inOrder = missing.sort((a, b) => Number(b === chosen) - Number(a === chosen));
  return [...shown, ...inOrder.map((one) => measure(on, judge, one))];
}

/** Measures a map's curves. */
function measure(on: On, judge: CurveSettings, one: Candidate): Want {
  const key = curvesKey(one.key, judge);
  const { picture, fit } = one.of.named;
  const title: Say = (words) => mapTitle(words, one.id);
  return {
    key,
    urgency: URGENCY.judge,
    anywhere: true,
    run: async (following, engine) => {
      const ask = { fit, map: one.map, target: one.of.explained.target, judge };
      const { curves: value } = await engine.about("judge", on, picture, ask, following);
      const scores = { insertion: value.insertion.area, deletion: value.deletion.area };
      return ({ curves }) => ({
        curves: put(curves, key, { kind: "done", value }),
        announcement: (words) => words.t.work.measured({ title: title(words), ...scores }),
      });
    },
    failed: failing("curves", key, "judgement", title),
  };
}

/** Shows the chosen map's pictures along its curves. */
function film(on: On, judge: CurveSettings, one: Candidate, points: number): Want {
  const key = curvesKey(one.key, judge);
  const { picture, fit } = one.of.named;
  return {
    key: `film ${key}`,
    urgency: URGENCY.judge,
    anywhere: true,
    run: async (following, engine) => {
      const ask = { fit, map: one.map, points, judge };
      const { film: value } = await engine.about("film", on, picture, ask, following);
      // The pictures are large: only the chosen map's are kept.
      return () => ({ films: new Map([[key, { kind: "done", value }]]) });
    },
    // Without pictures the curves are still valid.
    failed: failing("films", key),
  };
}

import { type Engine, type Explained, explainShared, LibraryError, type On } from "c3lrp/client";
import { type Answer, answerTo, isFirstLook, type Outcome, put } from "../answer";
import { missingCards } from "../compared";
import { missingSingle } from "../contrast";
import { labelsOf, loading, masksKey, outcomeToShow, questionOf, subject } from "../current";
import type { Change, Want } from "../desk";
import { saying } from "../errors";
import { className, type Labels } from "../labels";
import { methodTitle, wantsMasks } from "../methods";
import { asked, FILTERS, type Question, questionKey } from "../question";
import type { State } from "../state";
import type { Say } from "../words/words";
import { failing, ready, URGENCY } from "./want";

/** Answers the current question. */
export function question(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [questionOf(state), ready(state)];
  if (!asks || !on || state.outcomes.has(questionKey(asks))) return undefined;
  const unanswered = failing("outcomes", questionKey(asks), "settings");
  const failed: Want["failed"] = (error, now) => {
    const before = now.answer?.question;
    const refused = error instanceof LibraryError && error.name === "OptionsError";
    // Without an explanation no map is shown, not even the previous one.
    const again = before?.picture === asks.picture && before.method !== asks.method;
    // A link's question may be refused before there is any answer.
    const plain = Object.keys(asks.method).length === 1 ? undefined : { name: asks.method.name };
    const method = again ? before?.method : plain;
    if (!refused || !method) return { ...unanswered(error, now), answer: undefined };
    // If the library refuses options, the previous method returns, or this one without options.
    const say: Say = (words) =>
      `${saying(error)(words)} ${again ? words.t.work.keptBefore : words.t.work.defaultsTaken}`;
    return {
      settings: { ...now.settings, method },
      notice: { kind: "error", about: "settings", say },
    };
  };
  return explain(engine, on, state, asks, { urgency: URGENCY.question, failed });
}

/** Explains the classes of a contrast, each alone. */
export function single(engine: Engine, state: State): Want | undefined {
  const [missing, on] = [missingSingle(state), ready(state)];
  if (!missing || !on) return undefined;
  const { question: asks, target } = missing;
  const failed = failing("outcomes", questionKey(asks), "settings", aboutClass(labelsOf(state), target));
  return explain(engine, on, state, asks, { urgency: URGENCY.card, failed });
}

/** The cards that are missing, cheap ones first. */
export function comparison(engine: Engine, state: State): Want[] {
  const on = ready(state);
  if (!on) return [];
  return missingCards(state).flatMap(({ question: asks, method }) => {
    if (!asks) return [];
    const title = methodTitle(method.name);
    const failed = failing("outcomes", questionKey(asks), "comparison", plainly(title));
    const want = { urgency: URGENCY.card, anywhere: true, failed };
    return explain(engine, on, state, asks, want, cardDone(title));
  });
}

/** Explains a question; applies only the filter if nothing else is new. */
function explain(
  engine: Engine,
  on: On,
  state: State,
  asks: Question,
  want: Pick<Want, "urgency" | "failed" | "anywhere">,
  announcement?: Say,
): Want {
  const { picture, network, fit, filter } = asks;
  // RISE's rate is measured first; if that fails, so does the waiting question.
  if (wantsMasks(asks.method)) {
    return {
      ...want,
      key: masksKey(network),
      anywhere: false,
      run: async (following) => {
        const { masks } = await engine.about("measure", on, picture, { fit }, following);
        return ({ minuteMasks }) => ({ minuteMasks: { ...minuteMasks, [network]: masks } });
      },
    };
  }
  const key = questionKey(asks);
  const answered =
    (explained: Explained): Change =>
    (now) => ({
      ...settled(now, answerTo(asks, explained)),
      ...(announcement ? { announcement } : {}),
    });
  const others = FILTERS.map((filter) => state.outcomes.get(questionKey({ ...asks, filter })));
  const before = others.find((outcome) => outcome?.kind === "done")?.value.explained;
  const run: Want["run"] = async (following, worker, pool) => {
    if (!before) {
      const { side } = asks;
      const ask = { options: asked(asks), ...(side === undefined ? {} : { side }) };
      return answered((await explainShared(pool, worker, on, picture, ask, following)).explained);
    }
    const { map, width, height } = before;
    const ask = { map, width, height, filter, truth: picture.bird };
    return answered({ ...before, ...(await engine.beside("refilter", ask)).refiltered });
  };
  return { ...want, key, beside: before !== undefined, run };
}

/** Keeps an answer under its own question, and under the question with its class as a number. */
function settled({ outcomes, forward }: State, answer: Answer): Partial<State> {
  const { question, named, explained } = answer;
  const { forward: milliseconds } = explained.milliseconds;
  const outcome: Outcome<Answer> = { kind: "done", value: answer };
  return {
    outcomes: put(put(outcomes, questionKey(question), outcome), questionKey(named), outcome),
    ...(milliseconds > 0
      ? { forward: { ...forward, [`${question.network} ${question.picture.id}`]: milliseconds } }
      : {}),
  };
}

/** Shows the answer to the current question as soon as there is one. Nothing else decides what is shown. */
export function shown(state: State): Partial<State> {
  const outcome = outcomeToShow(state);
  if (outcome?.kind !== "done" || outcome.value === state.answer || loading(state)) return {};
  // While the brush is down, and after a first look, another answer comes soon.
  const passing = state.easel?.at !== undefined || isFirstLook(outcome.value);
  const announcement = explainedAs(labelsOf(state), outcome.value);
  return { answer: outcome.value, probe: undefined, ...(passing ? {} : { announcement }) };
}

// A state keeps these sentences. Each is made outside of the functions that have a state: a sentence that is made
// inside one would hold that state, which holds an earlier sentence, and so on.

const explainedAs =
  (labels: Labels | undefined, answer: Answer): Say =>
  (words) =>
    words.t.work.explained({
      name: subject(words, labels, answer),
      share: answer.explained.probability,
      place: answer.facts.place,
    });

const cardDone =
  (title: string): Say =>
  ({ t }) =>
    t.work.cardDone(title);

const aboutClass =
  (labels: Labels | undefined, index: number): Say =>
  (words) =>
    className(words, labels, index);

const plainly =
  (title: string): Say =>
  () =>
    title;

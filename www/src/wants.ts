import { type Answer, answerTo, type Candidate, type Outcome, type Outcomes, verdictKey } from "./answer";
import { candidates, chosenOf, missingCards } from "./compared";
import type { Change, Want } from "./desk";
import type { Engine, On } from "./engine";
import { EngineError, saying } from "./errors";
import { blank } from "./facts";
import { methodTitle, wantsMasks, whyNot } from "./methods";
import type { ModelEntry } from "./models";
import { birdPicture, type Picture } from "./picture";
import { PRESETS } from "./presets";
import { asked, FILTERS, type Question, questionKey } from "./question";
import { severalNetworks } from "./source";
import {
  birdAsked,
  birdKey,
  CATALOGUE_KEY,
  isDrawn,
  isOld,
  labelsOf,
  loading,
  loadKey,
  masksKey,
  type Notice,
  PICTURE,
  questionOf,
  type State,
} from "./state";
import { mapTitle } from "./words/maps";
import { className } from "./words/names";
import type { Say } from "./words/words";

/** How many outcomes of a kind are kept, so that going back to one costs nothing. */
const MOST_KEPT = 48;

/** One pose, place and light for all thumbnails, so that nothing but the species differ. */
const THUMBNAIL = { seed: 34, side: 128 };

/** What is done first, where several things are to be done. */
const URGENCY = { load: 0, question: 1, card: 2, judge: 3 } as const;

/** What a state asks of the engine. An outcome that is there, whatever it is, is not asked for again. */
export const wantsOf =
  (engine: Engine, spoiled: (entry: ModelEntry) => void) =>
  (state: State): readonly Want[] => [
    ...catalogue(engine, state),
    ...bird(engine, state),
    ...load(engine, state, spoiled),
    ...question(engine, state),
    ...comparison(engine, state),
    ...judgement(engine, state),
    ...thumbnail(engine, state),
  ];

function catalogue(engine: Engine, { species, troubles }: State): Want[] {
  if (species.length > 0 || troubles.has(CATALOGUE_KEY)) return [];
  const run = async (): Promise<Change> => {
    const found = await engine.catalogue();
    return () => found;
  };
  return [{ key: CATALOGUE_KEY, urgency: 0, beside: true, run, failed: troubled(CATALOGUE_KEY) }];
}

/** The bird that is to be shown, with the tag that it is to wear. */
function bird(engine: Engine, state: State): Want[] {
  const asks = birdAsked(state);
  if (!asks || isDrawn(state, asks) || state.troubles.has(birdKey(asks))) return [];
  const key = birdKey(asks);
  const { species, seed, tagOf } = asks;
  const run = async (): Promise<Change> => {
    const drawn = await engine.draw({ species, seed, ...(tagOf === undefined ? {} : { tag: tagOf }) });
    return (now) => withPicture(now, birdPicture({ ...drawn, tagOf }));
  };
  return [{ key, urgency: URGENCY.load, beside: true, run, failed: troubled(key) }];
}

/** Another picture: nothing that was said of the one before is about it. */
export function withPicture(now: State, picture: Picture): Partial<State> {
  const { target: _, ...settings } = now.settings;
  return {
    picture,
    reading: false,
    settings,
    insisted: undefined,
    answer: undefined,
    outcomes: new Map(),
    verdicts: new Map(),
    films: new Map(),
    layer: PICTURE,
    probe: undefined,
    query: "",
    notice: undefined,
  };
}

function load(engine: Engine, state: State, spoiled: (entry: ModelEntry) => void): Want[] {
  const { network, device } = state;
  if (!network || !loading(state)) return [];
  const key = loadKey(network.id, device);
  const run: Want["run"] = async (following) => {
    const { info, lost } = await engine.load({ network, device }, following);
    return (now) => {
      const by = lost ? "cpu" : device;
      const { target: _, fit, ...others } = now.settings;
      // How a picture is cut goes with the weights that it was set for.
      const kept = fit && now.model?.weights === network.weights ? { ...others, fit } : others;
      const settings = whyNot(kept.method.name, info) ? { ...kept, ...PRESETS.measured } : kept;
      const model = { ...network, info };
      const same = now.model?.id === network.id;
      const loaded = { model, loadedBy: by, device: by, settings: same ? now.settings : settings };
      return {
        ...loaded,
        // Who comes with an address of weights comes for them, not for the first network.
        choosing: now.choosing && now.model === undefined,
        comparison: {
          ...now.comparison,
          picked: now.comparison.picked.filter((name) => !whyNot(name, info)),
        },
        ...claimed({ ...now, ...loaded }),
        // What another device computed is asked for again.
        ...(same && now.model?.info.device !== info.device ? { outcomes: new Map() } : {}),
        ...(same ? {} : { answer: undefined, query: "", layer: PICTURE }),
        // What went wrong with a network before is over.
        ...(now.notice?.about === "network" || now.notice?.about === "reading" ? { notice: undefined } : {}),
        ...(lost ? { notice: lostGpu(lost) } : {}),
        announcement: (words) =>
          words.t.work.loaded({ name: network.name(words), reason: words.library(info.why) }),
      };
    };
  };
  const failed = (error: unknown): Change => {
    const several = severalNetworks(error);
    const unfit = error instanceof EngineError && error.name === "DeviceError";
    const { entry } = network;
    const broken =
      error instanceof EngineError &&
      error.name === "WeightsError" &&
      several.length < 2 &&
      entry?.bundled !== true;
    if (broken && entry) spoiled(entry);
    return ({ model, loadedBy }) => ({
      // What was loaded before stays in use.
      network: model,
      device: model ? loadedBy : "auto",
      notice:
        several.length > 1
          ? {
              kind: "word",
              say: ({ t }) => t.work.severalNetworks({ file: network.called, count: several.length }),
              choices: several.map((one) => ({
                say: ({ t }) => t.work.among(one),
                action: { kind: "among", source: network, network: one.prefix },
              })),
            }
          : {
              kind: "error",
              about: "network",
              say: (words) =>
                [
                  saying(error)(words),
                  unfit && model ? words.t.work.stays : "",
                  broken && entry ? words.t.work.deletedBroken : "",
                ]
                  .filter(Boolean)
                  .join(" "),
            },
    });
  };
  return [{ key, urgency: URGENCY.load, run, failed }];
}

/** Names that waited for a network of as many classes, now that one without names of its own is here. */
function claimed(state: State): Partial<State> {
  const { model, waiting, named } = state;
  if (!model || !waiting || model.info.labels || waiting.names.length !== model.info.classes) return {};
  return { named: { ...named, [model.id]: waiting }, waiting: undefined };
}

/** The network that questions go to, once it is there and no other is on its way. */
const ready = (state: State): On | undefined =>
  state.model && !loading(state) ? { network: state.model, device: state.loadedBy } : undefined;

function question(engine: Engine, state: State): Want[] {
  const [asks, on] = [questionOf(state), ready(state)];
  if (!asks || !on) return [];
  const key = questionKey(asks);
  if (state.outcomes.has(key)) return [];
  const failed = (error: unknown): Change => {
    const refused = error instanceof EngineError && error.name === "OptionsError";
    return (now) => {
      const before = now.answer?.question;
      // Options that the library refuses give no map: the method before is taken again.
      if (refused && before && before.picture === asks.picture && before.method !== asks.method) {
        return {
          settings: { ...now.settings, method: before.method },
          notice: {
            kind: "error",
            about: "settings",
            say: (words) => `${saying(error)(words)} ${words.t.work.keptBefore}`,
          },
        };
      }
      return {
        // Without an explanation there is no map to be shown, and none that was there before.
        answer: undefined,
        outcomes: put(now.outcomes, key, { kind: "failed", say: saying(error) }),
        notice: { kind: "error", about: "settings", say: saying(error) },
      };
    };
  };
  if (wantsMasks(asks.method)) return [masks(engine, on, asks, URGENCY.question, failed)];
  const done =
    (answer: Answer): Change =>
    (now) =>
      explained(now, key, answer);
  return [explain(engine, on, state, asks, URGENCY.question, done, failed)];
}

/** Shows what answers the question that is asked, as soon as it is there. Nothing else decides what is shown. */
export function shown(state: State): Partial<State> {
  const asks = questionOf(state);
  const outcome = asks && state.outcomes.get(questionKey(asks));
  if (outcome?.kind !== "done" || outcome.value === state.answer || loading(state)) return {};
  return { answer: outcome.value, probe: undefined, announcement: announced(state, outcome.value) };
}

const announced =
  (state: State, { explained: { target, probability }, facts }: Answer): Say =>
  (words) =>
    words.t.work.explained({
      name: className(words, labelsOf(state), target),
      share: probability,
      place: facts.place,
    });

/** Explains a question: by another filter, where that is all that is new. */
function explain(
  engine: Engine,
  on: On,
  state: State,
  asks: Question,
  urgency: number,
  done: (answer: Answer) => Change,
  failed: Want["failed"],
): Want {
  const key = questionKey(asks);
  const others = FILTERS.map((filter) => state.outcomes.get(questionKey({ ...asks, filter })));
  const unfiltered = others.find((outcome) => outcome?.kind === "done")?.value;
  const { picture } = asks;
  if (unfiltered) {
    const run = async (): Promise<Change> =>
      done(answerTo(asks, await engine.refilter(unfiltered.explained, asks.filter, picture.bird)));
    return { key, urgency, beside: true, run, failed };
  }
  const run: Want["run"] = async (following) =>
    done(answerTo(asks, await engine.explain(on, picture, asked(asks), following)));
  return { key, urgency, run, failed };
}

/** Measures how many masks RISE gets through in a minute; where that fails, so does the question that waits for it. */
function masks(engine: Engine, on: On, asks: Question, urgency: number, failed: Want["failed"]): Want {
  const run: Want["run"] = async (following) => {
    const count = await engine.measure(on, asks.picture, asks.fit, following);
    return ({ minuteMasks }) => ({ minuteMasks: { ...minuteMasks, [asks.network]: count } });
  };
  return { key: masksKey(asks.network), urgency, run, failed };
}

function comparison(engine: Engine, state: State): Want[] {
  const [card] = missingCards(state);
  const on = ready(state);
  if (!card?.question || !on) return [];
  const { question: asks, method } = card;
  const key = questionKey(asks);
  const title = methodTitle(method.name);
  const done =
    (answer: Answer): Change =>
    (now) => ({
      ...explained(now, key, answer),
      announcement: ({ t }) => t.work.cardDone(title),
    });
  const failed =
    (error: unknown): Change =>
    ({ outcomes }) => ({
      outcomes: put(outcomes, key, { kind: "failed", say: saying(error) }),
      notice: { kind: "error", about: "comparison", say: (words) => `${title}: ${saying(error)(words)}` },
    });
  if (wantsMasks(asks.method)) return [masks(engine, on, asks, URGENCY.card, failed)];
  return [explain(engine, on, state, asks, URGENCY.card, done, failed)];
}

/** The chosen map's curves first, then its pictures, then the other maps' curves. */
function judgement(engine: Engine, state: State): Want[] {
  const { open, halted, judge } = state.judgement;
  const on = ready(state);
  if (!open || !on || isOld(state) || missingCards(state).length > 0) return [];
  const all = candidates(state);
  const chosen = chosenOf(state, all);
  const verdict = chosen && state.verdicts.get(verdictKey(chosen.key, judge));
  if (chosen && verdict?.kind === "done" && !state.films.has(verdictKey(chosen.key, judge)))
    return [film(engine, on, state, chosen, verdict.value.insertion.shares.length)];
  if (halted) return [];
  const missing = all.filter((one) => !blank(one.map) && !state.verdicts.has(verdictKey(one.key, judge)));
  const one = missing.find((candidate) => candidate === chosen) ?? missing[0];
  return one ? [measure(engine, on, state, one)] : [];
}

function measure(engine: Engine, on: On, { judgement: { judge } }: State, one: Candidate): Want {
  const key = verdictKey(one.key, judge);
  const { picture, fit } = one.of.named;
  const { target } = one.of.explained;
  const run: Want["run"] = async (following) => {
    const curves = await engine.judge(on, picture, { fit, map: one.map, target, judge }, following);
    const scores = { insertion: curves.insertion.area, deletion: curves.deletion.area };
    return ({ verdicts }) => ({
      verdicts: put(verdicts, key, { kind: "done", value: curves }),
      announcement: (words) => words.t.work.measured({ title: mapTitle(words, one.id), ...scores }),
    });
  };
  const failed =
    (error: unknown): Change =>
    ({ verdicts }) => ({
      verdicts: put(verdicts, key, { kind: "failed", say: saying(error) }),
      notice: {
        kind: "error",
        about: "judgement",
        say: (words) => `${mapTitle(words, one.id)}: ${saying(error)(words)}`,
      },
    });
  return { key, urgency: URGENCY.judge, run, failed };
}

function film(engine: Engine, on: On, { judgement: { judge } }: State, one: Candidate, points: number): Want {
  const key = verdictKey(one.key, judge);
  const { picture, fit } = one.of.named;
  const run: Want["run"] = async (following) => {
    const value = await engine.film(on, picture, { fit, map: one.map, points, judge }, following);
    // Films are large: the chosen map's is kept.
    return () => ({ films: new Map([[key, { kind: "done", value }]]) });
  };
  // Without pictures the curves still tell what they tell.
  const failed =
    (error: unknown): Change =>
    ({ films }) => ({
      films: put(films, key, { kind: "failed", say: saying(error) }),
      notice: { kind: "error", say: saying(error) },
    });
  return { key: `film ${key}`, urgency: URGENCY.judge, run, failed };
}

/** The small pictures wait until the first picture is explained, or can't be. */
function thumbnail(engine: Engine, state: State): Want[] {
  const { species, thumbnails, answer, troubles, picture } = state;
  const next = species[thumbnails.length];
  const settled = answer !== undefined || (picture !== undefined && questionOf(state) === undefined);
  const key = `thumbnail ${next?.name}`;
  if (!next || (!settled && thumbnails.length === 0) || troubles.has(key)) return [];
  const run = async (): Promise<Change> => {
    const bird = await engine.draw({ species: next.name, ...THUMBNAIL });
    return (now) => ({ thumbnails: [...now.thumbnails, bird] });
  };
  return [{ key, urgency: URGENCY.judge, beside: true, run, failed: troubled(key) }];
}

/** An answer among the outcomes, under its own question and under the one that names its class. */
function explained(now: State, key: string, answer: Answer): Partial<State> {
  const { picture, network } = answer.question;
  const { forward } = answer.explained.milliseconds;
  const outcome: Outcome<Answer> = { kind: "done", value: answer };
  return {
    outcomes: put(put(now.outcomes, key, outcome), questionKey(answer.named), outcome),
    ...(forward > 0 ? { forward: { ...now.forward, [`${network} ${picture.id}`]: forward } } : {}),
  };
}

/** Keeps an outcome; the oldest go when there are too many. */
export function put<T>(outcomes: Outcomes<T>, key: string, outcome: Outcome<T>): Outcomes<T> {
  const kept = new Map(outcomes);
  kept.delete(key);
  kept.set(key, outcome);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
  return kept;
}

const troubled =
  (key: string) =>
  (error: unknown): Change =>
  ({ troubles }) => ({
    troubles: new Set([...troubles, key]),
    notice: { kind: "error", say: saying(error), choices: [RETRY] },
  });

const RETRY: NonNullable<Notice["choices"]>[number] = {
  say: ({ t }) => t.work.tryAgain,
  action: { kind: "retry" },
};

export const lostGpu = ({ wrong }: EngineError): Notice => ({
  kind: "word",
  say: ({ t }) => t.work.lostGpu(wrong),
});

import type { DeviceChoice } from "c3lrp";
import { type Engine, type Explained, LibraryError, type On } from "c3lrp/client";
import {
  type Answer,
  answerKey,
  answerTo,
  type Candidate,
  type CurveSettings,
  curvesKey,
  isFirst,
  type Outcome,
  type Outcomes,
} from "./answer";
import { type Draw, meanings } from "./atlas";
import { batchKey, batchSettings, nextItems, resultOf, withResult } from "./batch";
import { frameSettings, seen } from "./camera";
import { candidates, chosenOf, missingCards } from "./compared";
import { conceptsAsked, withoutChannelsAsked } from "./concepts";
import { missingSingle } from "./contrast";
import type { Change, Want } from "./desk";
import { withOther } from "./easel";
import { saying } from "./errors";
import { blank } from "./facts";
import { methodTitle, wantsMasks, whyNot } from "./methods";
import type { ModelEntry } from "./models";
import { partsAsked } from "./parting";
import { birdPicture, decodePicture, type Picture } from "./picture";
import { PRESETS } from "./presets";
import { asked, FILTERS, type Question, questionKey } from "./question";
import { saveArrays } from "./saving/save";
import { soonerSide } from "./sides";
import { severalNetworks } from "./source";
import {
  type AskedBird,
  atLayer,
  birdAsked,
  birdKey,
  CATALOGUE_KEY,
  isDrawn,
  isFirstLook,
  isLive,
  isOld,
  labelsOf,
  loading,
  loadKey,
  type Model,
  masksKey,
  type Notice,
  outcomeToShow,
  PICTURE,
  questionOf,
  type State,
  subjectOf,
  type Topic,
} from "./state";
import { mapTitle } from "./words/maps";
import { className } from "./words/names";
import type { Say } from "./words/words";

/** How many outcomes of a kind are kept, so that going back to one costs nothing. */
const MOST_KEPT = 48;

/** One pose, place and light for all thumbnails, so that only the species differ. */
const THUMBNAIL = { seed: 34, side: 128 };

/** The order of work: lower numbers first. */
const URGENCY = { load: 0, question: 1, card: 2, judge: 3, batch: 4 } as const;

/** The work that a state needs from the engine. Work with an outcome, also a failed one, is not repeated. */
export const wantsOf =
  (engine: Engine, spoiled: (entry: ModelEntry) => void) =>
  (state: State): readonly Want[] =>
    [
      ...[catalogue, bird, lookalike, load, live, question],
      ...(isFirstLook(state) ? [] : [arrays, single, concepts, silence, parting, comparison, judgement]),
      ...[batch, thumbnail],
    ].flatMap((want) => want(engine, state, spoiled) ?? []);

/** Work that needs no network. Failed work is repeated only when a person asks. */
function beside({ troubles }: State, key: string, run: Want["run"]): Want | undefined {
  if (troubles.has(key)) return undefined;
  return {
    key,
    urgency: URGENCY.load,
    beside: true,
    run,
    failed: (error, now) => ({
      troubles: new Set([...now.troubles, key]),
      notice: {
        kind: "error",
        say: saying(error),
        choices: [{ say: ({ t }) => t.work.tryAgain, action: { kind: "retry" } }],
      },
    }),
  };
}

function catalogue(engine: Engine, state: State): Want | undefined {
  if (state.species.length > 0) return undefined;
  return beside(state, CATALOGUE_KEY, async () => {
    const { species, methods } = await engine.beside("catalogue", {});
    return () => ({ species, methods });
  });
}

/** Draws the bird to show, with its tag. */
function bird(engine: Engine, state: State): Want | undefined {
  const asks = birdAsked(state);
  if (!asks || isDrawn(state, asks)) return undefined;
  return beside(state, birdKey(asks), async () => {
    const { tagOf, without } = asks;
    const { bird } = await engine.beside("draw", { bird: drawing(asks) });
    return (now) => withPicture(now, birdPicture({ ...bird, tagOf, without }));
  });
}

/** Draws the other picture to paint with, for a drawn bird: its most similar species in the same pose. */
function lookalike(engine: Engine, state: State): Want | undefined {
  const { easel, species } = state;
  const bird = easel?.original.bird;
  if (!bird || easel.fill !== "other" || easel.other) return undefined;
  const [nearest] = species.find(({ name }) => name === bird.species)?.nearest ?? [];
  if (nearest === undefined) return undefined;
  const { seed, side } = bird;
  return beside(state, birdKey({ species: nearest, seed, without: bird.without }), async () => {
    const drawn = await engine.beside("draw", {
      bird: { ...drawing({ ...bird, species: nearest, tagOf: undefined }), side },
    });
    const { rgba } = drawn.bird;
    return ({ easel: now }) => (now ? { easel: withOther(now, { width: side, height: side, rgba }) } : {});
  });
}

/** The library's options for drawing a bird. */
const drawing = ({ species, seed, tagOf, without = [] }: AskedBird) => ({
  species,
  seed,
  without: [...without],
  ...(tagOf === undefined ? {} : { tag: tagOf }),
});

/** Draws the thumbnails, after the first picture is explained or has failed. */
function thumbnail(engine: Engine, state: State): Want | undefined {
  const { species, thumbnails, answer, picture } = state;
  const next = species[thumbnails.length];
  const settled =
    answer !== undefined || (picture !== undefined && !state.arriving && questionOf(state) === undefined);
  if (!next || (!settled && thumbnails.length === 0)) return undefined;
  return beside(state, `thumbnail ${next.name}`, async () => {
    const { bird } = await engine.beside("draw", { bird: { species: next.name, ...THUMBNAIL } });
    return (now) => ({ thumbnails: [...now.thumbnails, bird] });
  });
}

/** The state with another picture: messages about the previous one are removed. A bird with other parts keeps the question. */
export function withPicture(now: State, picture: Picture): Partial<State> {
  const { target: _, against: __, ...others } = now.settings;
  const same =
    picture.bird?.seed === now.picture?.bird?.seed && picture.bird?.species === now.picture?.bird?.species;
  const kept = same && picture.bird !== undefined;
  return {
    picture,
    easel: undefined,
    camera: undefined,
    // It may be one of the batch; the caller says so.
    batch: now.batch && { ...now.batch, shown: undefined },
    reading: false,
    settings: kept ? now.settings : others,
    parted: kept ? now.parted : new Map(),
    insisted: undefined,
    answer: undefined,
    saving: undefined,
    outcomes: new Map(),
    curves: new Map(),
    films: new Map(),
    concepts: new Map(),
    silenced: new Map(),
    ...atLayer(PICTURE),
    query: "",
    // A message about a link must still be readable.
    notice: now.arriving?.until === "asked" ? now.notice : undefined,
    // With another picture, the person's own is no longer awaited.
    arriving:
      now.arriving?.until === "photo" && (picture.bird || picture.sample !== undefined)
        ? undefined
        : now.arriving,
  };
}

function load(engine: Engine, state: State, spoiled: (entry: ModelEntry) => void): Want | undefined {
  const { network, device } = state;
  if (!network || !loading(state)) return undefined;
  return {
    key: loadKey(network.id, device),
    urgency: URGENCY.load,
    run: async (following) => {
      const { info, lost } = await engine.load({ network, device }, following);
      return (now) => ({
        ...loaded(now, { ...network, info }, lost ? "cpu" : device),
        ...(lost ? { notice: lostGpu(lost) } : {}),
      });
    },
    failed: (error, { model, loadedBy }) => {
      // The previous network stays in use.
      const before = { network: model, device: model ? loadedBy : "auto" };
      const several = severalNetworks(error);
      if (several.length > 1) {
        const say: Say = ({ t }) => t.work.severalNetworks({ file: network.called, count: several.length });
        const choices: Notice["choices"] = several.map((one) => ({
          say: ({ t }) => t.work.among(one),
          action: { kind: "among", source: network, network: one.prefix },
        }));
        return { ...before, notice: { kind: "word", say, choices } };
      }
      const name = error instanceof LibraryError ? error.name : undefined;
      const broken = name === "WeightsError" && !network.entry?.bundled ? network.entry : undefined;
      if (broken) spoiled(broken);
      const say: Say = (words) => {
        const { stays, deletedBroken } = words.t.work;
        const more = [name === "DeviceError" && model ? stays : "", broken ? deletedBroken : ""];
        return [saying(error)(words), ...more].filter(Boolean).join(" ");
      };
      return { ...before, notice: { kind: "error", about: "network", say } };
    },
  };
}

/** The state with a loaded network, on its device. */
function loaded(now: State, model: Model, by: DeviceChoice): Partial<State> {
  const { info } = model;
  const { target: _, against: __, fit, ...others } = now.settings;
  // The fit belongs to the weights that it was set for.
  const kept = fit && now.model?.weights === model.weights ? { ...others, fit } : others;
  const settings = whyNot(kept.method.name, info) ? { ...kept, ...PRESETS.measured } : kept;
  const same = now.model?.id === model.id;
  const { waiting } = now;
  const claims = waiting && !info.labels && waiting.names.length === info.classes;
  const picked = now.comparison.picked.filter((name) => !whyNot(name, info));
  return {
    model,
    loadedBy: by,
    device: by,
    // An address with weights is opened for those, not for the first network.
    choosing: now.choosing && now.model === undefined,
    comparison: { ...now.comparison, picked },
    // The names waited for a network with that many classes and without names of its own.
    ...(claims ? { named: { ...now.named, [model.id]: waiting }, waiting: undefined } : {}),
    // Another device's results are computed again.
    ...(same && now.model?.info.device !== info.device
      ? { outcomes: new Map(), concepts: new Map(), silenced: new Map(), parted: new Map() }
      : {}),
    ...(same ? {} : { settings, answer: undefined, saving: undefined, query: "", ...atLayer(PICTURE) }),
    // Failures of an earlier network no longer matter.
    ...(now.notice?.about === "network" || now.notice?.about === "reading" ? { notice: undefined } : {}),
    announcement: (words) =>
      words.t.work.loaded({ name: model.name(words), reason: words.library(info.why) }),
  };
}

/** The network for questions, once it is loaded and no other is coming. */
const ready = (state: State): On | undefined =>
  state.model && !loading(state) ? { network: state.model, device: state.loadedBy } : undefined;

/** Keeps a failure as an outcome, and reports it. */
const failing =
  (
    of: "outcomes" | "curves" | "films" | "concepts" | "silenced" | "parted",
    key: string,
    about?: Topic,
    title?: Say,
  ): Want["failed"] =>
  (error, now) => {
    const say = saying(error);
    const titled: Say = title ? (words) => `${title(words)}: ${say(words)}` : say;
    return {
      [of]: put<unknown>(now[of], key, { kind: "failed", say }),
      notice: { kind: "error", about, say: titled },
    };
  };

function question(engine: Engine, state: State): Want | undefined {
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

/** Explains the camera's next frame, taken when the previous one is explained, so that no frame waits. */
function live(engine: Engine, state: State): Want | undefined {
  const { camera, model } = state;
  const on = ready(state);
  if (camera?.stage !== "live" || !camera.feed || !on || !model) return undefined;
  const { feed } = camera;
  const side = soonerSide(model, camera.slow);
  const options = frameSettings(state);
  return {
    key: `frame ${model.id} ${camera.frame}`,
    urgency: URGENCY.question,
    run: async (following) => {
      const frame = await feed.frame();
      const { glimpse } = await engine.glimpse(on, { frame, side, options }, following);
      const now = performance.now();
      return ({ camera: live }) =>
        live?.feed === feed ? { camera: seen(live, glimpse, model.id, now) } : {};
    },
    failed: (error) => ({ camera: undefined, notice: { kind: "error", say: saying(error) } }),
  };
}

/** The next pictures of a batch, behind all that is asked of the one that is shown. */
function batch(_: Engine, state: State): Want[] {
  const on = ready(state);
  if (!on || isLive(state)) return [];
  const asks = batchKey(state);
  return nextItems(state).map(({ id, file }) => ({
    key: `batch ${id} ${asks}`,
    urgency: URGENCY.batch,
    anywhere: true,
    run: async (following, engine) => {
      const picture = await decodePicture(file, file.name);
      const options = batchSettings(state);
      const { explained } = await engine.about("explain", on, picture, { options }, following);
      return ({ batch }) => ({ batch: withResult(batch, id, resultOf(asks, explained)) });
    },
    // The others are still explained.
    failed: (error, now) => ({
      batch: withResult(now.batch, id, { kind: "failed", asked: asks, say: saying(error) }),
    }),
  }));
}

/** Shows the answer to the current question as soon as there is one. Nothing else decides what is shown. */
export function shown(state: State): Partial<State> {
  const outcome = outcomeToShow(state);
  if (outcome?.kind !== "done" || outcome.value === state.answer || loading(state)) return {};
  const { explained, facts } = outcome.value;
  const announcement: Say = (words) =>
    words.t.work.explained({
      name: subjectOf({ ...state, words }, outcome.value),
      share: explained.probability,
      place: facts.place,
    });
  // While the brush is down, and after a first look, another answer comes soon.
  const passing = state.easel?.at !== undefined || isFirst(outcome.value);
  return { answer: outcome.value, probe: undefined, ...(passing ? {} : { announcement }) };
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
  const run: Want["run"] = async (following, worker) => {
    if (!before) {
      const { side } = asks;
      const ask = { options: asked(asks), ...(side === undefined ? {} : { side }) };
      return answered((await worker.about("explain", on, picture, ask, following)).explained);
    }
    const { map, width, height } = before;
    const ask = { map, width, height, filter, truth: picture.bird };
    return answered({ ...before, ...(await engine.beside("refilter", ask)).refiltered });
  };
  return { ...want, key, beside: before !== undefined, run };
}

/** Explains the classes of a contrast, each alone. */
function single(engine: Engine, state: State): Want | undefined {
  const [missing, on] = [missingSingle(state), ready(state)];
  if (!missing || !on) return undefined;
  const { question: asks, target } = missing;
  const title: Say = (words) => className(words, labelsOf(state), target);
  const failed = failing("outcomes", questionKey(asks), "settings", title);
  return explain(engine, on, state, asks, { urgency: URGENCY.card, failed });
}

/** Finds the channels of the shown layer; not while the layers are played. */
function concepts(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [conceptsAsked(state), ready(state)];
  if (!asks || !on || state.playing || !state.answer || state.concepts.has(asks.key)) return undefined;
  const { key, layer } = asks;
  const { named } = state.answer;
  const draw: Draw = async (number, seed, tagged) => {
    const { name: species = "" } = state.species[number] ?? {};
    return (await engine.beside("draw", { bird: { species, seed, ...(tagged ? { tag: species } : {}) } }))
      .bird;
  };
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      // The maps are needed for colours other than the library's.
      const ask = { layer, options: asked(named), maps: true };
      const { concepts: found } = await engine.about("concepts", on, named.picture, ask, following);
      const channels = found.map(({ channel }) => channel);
      const atlas = state.network?.entry?.atlas;
      const known = atlas ? await meanings(atlas, layer, channels, draw) : undefined;
      const value = found.map((one) => ({ ...one, meaning: known?.get(one.channel) }));
      return (now) => ({ concepts: put(now.concepts, key, { kind: "done", value }) });
    },
    failed: failing("concepts", key, "settings"),
  };
}

/** Runs the network without the channels that are switched off. */
function silence(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [withoutChannelsAsked(state), ready(state)];
  if (!asks || !on || !state.answer || state.silenced.has(asks.key)) return undefined;
  const { key, layer } = asks;
  const { picture, fit } = state.answer.named;
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { fit, layer, channels: state.off };
      const { probabilities } = await engine.about("without", on, picture, ask, following);
      return (now) => ({ silenced: put(now.silenced, key, { kind: "done", value: probabilities }) });
    },
    failed: failing("silenced", key, "settings"),
  };
}

/** Measures the importance of the bird's parts. */
function parting(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [partsAsked(state), ready(state)];
  if (!asks || !on || state.parted.has(asks.key)) return undefined;
  const { key, answer } = asks;
  const { picture, fit, target = answer.explained.target, against } = answer.named;
  const { bird } = picture;
  if (!bird) return undefined;
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { fit, bird: drawing(bird), map: answer.explained.map, target, against };
      const { parted } = await engine.about("parted", on, picture, ask, following);
      return (now) => ({ parted: put(now.parted, key, { kind: "done", value: parted }) });
    },
    failed: failing("parted", key, "settings"),
  };
}

/** Computes the relevance per channel, which is kept nowhere, for saving arrays. */
function arrays(engine: Engine, state: State): Want | undefined {
  const { saving } = state;
  const on = ready(state);
  if (!saving || !on) return undefined;
  return {
    key: `arrays ${answerKey(saving)}`,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { options: asked(saving.named) };
      const { relevance } = await engine.about("relevance", on, saving.named.picture, ask, following);
      saveArrays(state, saving, relevance);
      return () => ({ saving: undefined });
    },
    failed: (error) => ({ saving: undefined, notice: { kind: "error", say: saying(error) } }),
  };
}

/** The cards that are missing, cheap ones first. */
function comparison(engine: Engine, state: State): Want[] {
  const on = ready(state);
  if (!on) return [];
  return missingCards(state).flatMap(({ question: asks, method }) => {
    if (!asks) return [];
    const title = methodTitle(method.name);
    const failed = failing("outcomes", questionKey(asks), "comparison", () => title);
    const announcement: Say = ({ t }) => t.work.cardDone(title);
    const want = { urgency: URGENCY.card, anywhere: true, failed };
    return explain(engine, on, state, asks, want, announcement);
  });
}

/** Measures the chosen map's curves first, then its pictures, then the other maps' curves. */
function judgement(_: Engine, state: State): Want[] {
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

/** Keeps an outcome, and drops the oldest if there are too many. */
export function put<T>(outcomes: Outcomes<T>, key: string, outcome: Outcome<T>): Outcomes<T> {
  const kept = new Map(outcomes);
  kept.delete(key);
  kept.set(key, outcome);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
  return kept;
}

export const lostGpu = ({ name }: LibraryError): Notice => ({
  kind: "word",
  say: ({ t }) => t.work.lostGpu(name === "DeviceWrong"),
});

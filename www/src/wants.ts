import type { DeviceChoice } from "c3lrp";
import { type Engine, type Explained, LibraryError, type On } from "c3lrp/client";
import {
  type Answer,
  answerKey,
  answerTo,
  type Candidate,
  type Judge,
  type Outcome,
  type Outcomes,
  verdictKey,
} from "./answer";
import { type Draw, meanings } from "./atlas";
import { batchKey, batchSettings, nextItems, resultOf, withResult } from "./batch";
import { frameSettings, seen } from "./camera";
import { candidates, chosenOf, missingCards } from "./compared";
import { conceptsAsked, silencedAsked } from "./concepts";
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

/** One pose, place and light for all thumbnails, so that nothing but the species differ. */
const THUMBNAIL = { seed: 34, side: 128 };

/** What is done first, where several things are to be done. */
const URGENCY = { load: 0, question: 1, card: 2, judge: 3, batch: 4 } as const;

/** What a state asks of the engine. An outcome that is there, whatever it is, is not asked for again. */
export const wantsOf =
  (engine: Engine, spoiled: (entry: ModelEntry) => void) =>
  (state: State): readonly Want[] =>
    [
      ...[catalogue, bird, lookalike, load, live, question],
      ...(isFirstLook(state) ? [] : [arrays, single, concepts, silence, parting, comparison, judgement]),
      ...[batch, thumbnail],
    ].flatMap((want) => want(engine, state, spoiled) ?? []);

/** Work that needs no network. What went wrong is done again when a person says so. */
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

/** The bird that is to be shown, with the tag that it is to wear. */
function bird(engine: Engine, state: State): Want | undefined {
  const asks = birdAsked(state);
  if (!asks || isDrawn(state, asks)) return undefined;
  return beside(state, birdKey(asks), async () => {
    const { tagOf, without } = asks;
    const { bird } = await engine.beside("draw", { bird: drawing(asks) });
    return (now) => withPicture(now, birdPicture({ ...bird, tagOf, without }));
  });
}

/** What a drawn bird is painted with where that is another picture: its nearest species, in the same pose. */
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

/** How the library is told to draw a bird. */
const drawing = ({ species, seed, tagOf, without = [] }: AskedBird) => ({
  species,
  seed,
  without: [...without],
  ...(tagOf === undefined ? {} : { tag: tagOf }),
});

/** The small pictures wait until the first picture is explained, or can't be. */
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

/** Another picture: nothing that was said of the one before is about it. A bird with other parts is asked the same. */
export function withPicture(now: State, picture: Picture): Partial<State> {
  const { target: _, against: __, ...others } = now.settings;
  const same =
    picture.bird?.seed === now.picture?.bird?.seed && picture.bird?.species === now.picture?.bird?.species;
  const kept = same && picture.bird !== undefined;
  return {
    picture,
    easel: undefined,
    camera: undefined,
    // It may be one of them, which who shows it says.
    batch: now.batch && { ...now.batch, shown: undefined },
    reading: false,
    settings: kept ? now.settings : others,
    parted: kept ? now.parted : new Map(),
    insisted: undefined,
    answer: undefined,
    saving: undefined,
    outcomes: new Map(),
    verdicts: new Map(),
    films: new Map(),
    concepts: new Map(),
    silenced: new Map(),
    ...atLayer(PICTURE),
    query: "",
    // What a link asks for is still to be read.
    notice: now.arriving?.until === "asked" ? now.notice : undefined,
    // Who takes another picture waits for their own no longer.
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
      // What was loaded before stays in use.
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

/** A network that is there, on the device that was chosen so. */
function loaded(now: State, model: Model, by: DeviceChoice): Partial<State> {
  const { info } = model;
  const { target: _, against: __, fit, ...others } = now.settings;
  // How a picture is cut goes with the weights that it was set for.
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
    // Who comes with an address of weights comes for them, not for the first network.
    choosing: now.choosing && now.model === undefined,
    comparison: { ...now.comparison, picked },
    // Names waited for a network of as many classes, and without names of its own.
    ...(claims ? { named: { ...now.named, [model.id]: waiting }, waiting: undefined } : {}),
    // What another device computed is asked for again.
    ...(same && now.model?.info.device !== info.device
      ? { outcomes: new Map(), concepts: new Map(), silenced: new Map(), parted: new Map() }
      : {}),
    ...(same ? {} : { settings, answer: undefined, saving: undefined, query: "", ...atLayer(PICTURE) }),
    // What went wrong with a network before is over.
    ...(now.notice?.about === "network" || now.notice?.about === "reading" ? { notice: undefined } : {}),
    announcement: (words) =>
      words.t.work.loaded({ name: model.name(words), reason: words.library(info.why) }),
  };
}

/** The network that questions go to, once it is there and no other is on its way. */
const ready = (state: State): On | undefined =>
  state.model && !loading(state) ? { network: state.model, device: state.loadedBy } : undefined;

/** Keeps a failure as what came of something, and tells of it. */
const failing =
  (
    of: "outcomes" | "verdicts" | "films" | "concepts" | "silenced" | "parted",
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
    // Without an explanation there is no map to be shown, and none that was there before.
    const again = before?.picture === asks.picture && before.method !== asks.method;
    // A link's may be refused before anything was answered.
    const plain = Object.keys(asks.method).length === 1 ? undefined : { name: asks.method.name };
    const method = again ? before?.method : plain;
    if (!refused || !method) return { ...unanswered(error, now), answer: undefined };
    // Options that the library refuses give no map: the method before is taken again, or this one without them.
    const say: Say = (words) =>
      `${saying(error)(words)} ${again ? words.t.work.keptBefore : words.t.work.defaultsTaken}`;
    return {
      settings: { ...now.settings, method },
      notice: { kind: "error", about: "settings", say },
    };
  };
  return explain(engine, on, state, asks, { urgency: URGENCY.question, failed });
}

/** The camera's next frame: it is taken when the one before is explained, so that none waits. */
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
    // The others are explained all the same.
    failed: (error, now) => ({
      batch: withResult(now.batch, id, { kind: "failed", asked: asks, say: saying(error) }),
    }),
  }));
}

/** Shows what answers the question that is asked, as soon as it is there. Nothing else decides what is shown. */
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
  const passing = state.easel?.at !== undefined || outcome.value.question.side !== undefined;
  return { answer: outcome.value, probe: undefined, ...(passing ? {} : { announcement }) };
}

/** Explains a question: by another filter, where that is all that is new. */
function explain(
  engine: Engine,
  on: On,
  state: State,
  asks: Question,
  want: Pick<Want, "urgency" | "failed" | "anywhere">,
  announcement?: Say,
): Want {
  const { picture, network, fit, filter } = asks;
  // How many masks RISE gets through in a minute comes first; where that fails, so does the question that waits.
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

/** The classes of a contrast, each alone, beside it. */
function single(engine: Engine, state: State): Want | undefined {
  const [missing, on] = [missingSingle(state), ready(state)];
  if (!missing || !on) return undefined;
  const { question: asks, target } = missing;
  const title: Say = (words) => className(words, labelsOf(state), target);
  const failed = failing("outcomes", questionKey(asks), "settings", title);
  return explain(engine, on, state, asks, { urgency: URGENCY.card, failed });
}

/** What the layer that is shown found in the picture; nobody waits for that while it plays. */
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
      // The maps are for colours other than the library's.
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

/** What is answered without the channels that are switched off. */
function silence(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [silencedAsked(state), ready(state)];
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

/** What the parts of the bird are worth. */
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

/** The relevance of each channel, which is kept nowhere, for the arrays that are to be saved. */
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

/** The chosen map's curves first, then its pictures, then the other maps' curves. */
function judgement(_: Engine, state: State): Want[] {
  const { open, halted, judge } = state.judgement;
  const on = ready(state);
  if (!open || !on || isOld(state) || missingCards(state).length > 0) return [];
  const all = candidates(state);
  const chosen = chosenOf(state, all);
  const verdict = chosen && state.verdicts.get(verdictKey(chosen.key, judge));
  const shown =
    chosen && verdict?.kind === "done" && !state.films.has(verdictKey(chosen.key, judge))
      ? [film(on, judge, chosen, verdict.value.insertion.shares.length)]
      : [];
  if (halted) return shown;
  const missing = all.filter((one) => !blank(one.map) && !state.verdicts.has(verdictKey(one.key, judge)));
  const inOrder = missing.sort((a, b) => Number(b === chosen) - Number(a === chosen));
  return [...shown, ...inOrder.map((one) => measure(on, judge, one))];
}

function measure(on: On, judge: Judge, one: Candidate): Want {
  const key = verdictKey(one.key, judge);
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
      return ({ verdicts }) => ({
        verdicts: put(verdicts, key, { kind: "done", value }),
        announcement: (words) => words.t.work.measured({ title: title(words), ...scores }),
      });
    },
    failed: failing("verdicts", key, "judgement", title),
  };
}

function film(on: On, judge: Judge, one: Candidate, points: number): Want {
  const key = verdictKey(one.key, judge);
  const { picture, fit } = one.of.named;
  return {
    key: `film ${key}`,
    urgency: URGENCY.judge,
    anywhere: true,
    run: async (following, engine) => {
      const ask = { fit, map: one.map, points, judge };
      const { film: value } = await engine.about("film", on, picture, ask, following);
      // Films are large: the chosen map's is kept.
      return () => ({ films: new Map([[key, { kind: "done", value }]]) });
    },
    // Without pictures the curves still tell what they tell.
    failed: failing("films", key),
  };
}

/** An answer among the outcomes, under its own question and under the one that names its class. */
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

/** Keeps an outcome; the oldest go when there are too many. */
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

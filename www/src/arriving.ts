import type { MethodInfo, MethodOptions } from "c3lrp";
import { FIRST_BIRD } from "./bird";
import { CATALOGUE_KEY, isOld, loading, pictureComing, shownAnswer } from "./current";
import { type Arriving, type Link, OWN, type View } from "./link";
import { whyNot } from "./methods";
import type { Notice } from "./notices";
import type { Picture } from "./picture";
import { PRESETS } from "./presets";
import { atLayer, PICTURE, type State } from "./state";
import type { Say } from "./words/words";

/** The changes to make at once when a link is followed; `picture` is a person's own, if the page still has it. */
export function opening(state: State, link: Link, picture?: Picture): Partial<State> {
  const { view } = link;
  const { species, seed, without, compare, judge } = view;
  const { comparison, judgement } = state;
  const named = species !== undefined && seed !== undefined;
  const drawn = view.sample === undefined && !(view.photo && picture);
  return {
    bird: !drawn ? undefined : named ? { species, seed, ...(without ? { without } : {}) } : FIRST_BIRD,
    reading: false,
    camera: undefined,
    tag: view.tag ?? "own",
    parts: view.outlines === true,
    parting: view.parting === true,
    settings: { method: view.method ?? PRESETS.measured.method, filter: view.filter ?? "c3" },
    ...atLayer(PICTURE),
    playing: false,
    opacity: (view.opacity ?? 75) / 100,
    comparison: {
      ...comparison,
      open: compare !== undefined,
      picked: compare ?? comparison.picked,
      shows: view.shows ?? comparison.shows,
      common: compare ? view.common === true : comparison.common,
      masks: compare ? view.masks : comparison.masks,
      halted: false,
    },
    judgement: {
      ...judgement,
      open: judge !== undefined,
      judge: { protocol: judge ?? judgement.judge.protocol, ties: view.ties ?? judgement.judge.ties },
      baselines: judge ? view.baselines === true : judgement.baselines,
      chosen: view.chosen,
      point: view.point ?? judgement.point,
      halted: false,
    },
    arriving: { ...link, until: "asked" },
  };
}

/** The changes for the parts of a link that can be shown now. */
export function arrived(state: State): Partial<State> {
  const { arriving, bird, species, picture, model } = state;
  if (!arriving) return {};
  const [first] = species;
  if (first && bird && !species.some(({ name }) => name === bird.species)) {
    const left = [...arriving.left, "species"];
    return { bird: { species: first.name, seed: bird.seed }, arriving: { ...arriving, left } };
  }
  const there = picture && model && !pictureComing(state) && !loading(state) && state.awaited === undefined;
  const catalogue = state.methods.length > 0 || state.troubles.has(CATALOGUE_KEY);
  switch (arriving.until) {
    case "asked":
      return there && catalogue ? settled(state, arriving, model.info.classes) : {};
    case "answered":
      return layerShown(state, arriving);
    case "photo":
      // The requested class belongs to that picture.
      if (!there || picture.bird || picture.sample !== undefined) return {};
      return settled(
        state,
        { ...arriving, left: [], view: { ...arriving.view, photo: undefined } },
        model.info.classes,
      );
    default:
      return arriving.until satisfies never;
  }
}

/** Asks for the class and for everything else that depends on picture and network. */
function settled(state: State, { view, left }: Arriving, classes: number): Partial<State> {
  const { model, methods, picture } = state;
  // Another network has other classes and layers; another picture is another question.
  const here = view.network === undefined || (model?.entry?.id ?? OWN) === view.network;
  const missing = view.photo !== undefined && (picture?.bird !== undefined || picture?.sample !== undefined);
  const same = here && !missing;
  const inRange = (one: View["against"]): boolean => one === "rest" || (one !== undefined && one < classes);
  const { target, against } = view;
  const wrong: string[] = [...left];
  if (same && target !== undefined && !inRange(target)) wrong.push("target");
  if (same && against !== undefined && !(inRange(against) && against !== target)) wrong.push("against");
  const method = known(state.settings.method, methods);
  if (method !== state.settings.method) wrong.push("method");
  const fits = whyNot(method.name, model?.info) === undefined;
  const { filter } = state.settings;
  const held = same && inRange(target) && inRange(against) && against !== target;
  const { layer = PICTURE } = view;
  const until = missing ? "photo" : layer === PICTURE && view.channel === undefined ? undefined : "answered";
  const notice = wordOf(wrong, view, here, missing);
  return {
    settings: {
      ...(same && target !== undefined && inRange(target) ? { target } : {}),
      ...(held && against !== undefined ? { against } : {}),
      method: fits ? method : PRESETS.measured.method,
      filter,
      ...(view.fit === undefined ? {} : { fit: view.fit }),
    },
    ...(same && view.anyway ? { insisted: picture } : {}),
    arriving: same || missing ? until && { view, left: [], until } : undefined,
    ...(notice ? { notice } : {}),
  };
}

/** The method with only the options that are in the library's table. */
function known(method: MethodOptions, methods: readonly MethodInfo[]): MethodOptions {
  const info = methods.find(({ name }) => name === method.name);
  if (!info) return methods.length === 0 ? method : PRESETS.measured.method;
  const { name, ...options } = method;
  const fine = Object.entries(options).filter(([option, value]) => {
    const row = info.options.find(({ name }) => name === option);
    if (!row) return false;
    // A list, with a value for each stage, has no field here.
    const listed = row.choices.some((choice) => choice === value);
    return row.choices.length > 0 ? listed : typeof value === typeof row.default;
  });
  return fine.length === Object.keys(options).length ? method : { name, ...Object.fromEntries(fine) };
}

/** Shows the layer and its channels, once an answer has them. */
function layerShown(state: State, { view }: Arriving): Partial<State> {
  const answer = shownAnswer(state);
  if (!answer || isOld(state)) return {};
  const { layer = PICTURE, channel, off = [] } = view;
  const found = answer.explained.boundaries.some(({ name }) => name === layer);
  if (layer !== PICTURE && !found) return { arriving: undefined, notice: word(["layer"]) };
  return { ...atLayer(layer), channel, off, arriving: undefined };
}

const word = (left: readonly string[]): Notice => ({ kind: "word", say: ({ t }) => t.link.left(left) });

/** The notice about a link that can't be shown in full. */
function wordOf(left: readonly string[], view: View, here: boolean, missing: boolean): Notice | undefined {
  const says: Say[] = [
    ...(missing ? [(({ t }) => t.link.photo) satisfies Say] : []),
    ...(!here && view.network === OWN ? [(({ t }) => t.link.network) satisfies Say] : []),
    ...(left.length > 0 ? [word(left).say] : []),
  ];
  if (says.length === 0) return undefined;
  return { kind: "word", say: (words) => says.map((say) => say(words)).join(" ") };
}

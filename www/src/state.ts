import type { Bird, BirdPart, DeviceChoice, Info, MethodInfo, MethodName, Species } from "c3lrp";
import type { Layer, Parted } from "c3lrp/client";
import type { Answer, Film, Judge, Outcome, Outcomes, Verdict } from "./answer";
import type { Arriving } from "./arriving";
import type { Batch } from "./batch";
import type { Live } from "./camera";
import type { Closer } from "./closer";
import type { Scale } from "./colours";
import type { Concept } from "./concepts";
import { type Easel, isOf } from "./easel";
import type { Kept } from "./hub";
import type { Labels } from "./labels";
import { wantsMasks } from "./methods";
import { type ModelEntry, taggedBirds } from "./models";
import type { Offline } from "./offline";
import type { Picture } from "./picture";
import { PRESETS } from "./presets";
import { ask, type Question, questionKey, type Settings } from "./question";
import { soonerSide } from "./sides";
import type { Source } from "./source";
import { className } from "./words/names";
import type { Say, Words } from "./words/words";

/** Work that takes a while, as the page shows it. */
export interface Work {
  /** What is going on, by the library's or the page's name for it. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** When it began, and when this step of it did, by `performance.now()`. */
  readonly since: number;
  readonly stepSince: number;
}

/** A network that is asked for: weights with a number of their own. The same weights read otherwise are another. */
export interface Network extends Source {
  readonly id: number;
}

/** A network on a device, with what the library says of it. */
export interface Model extends Network {
  readonly info: Info;
}

/** A bird by its species and the number that its pose, place and light come from. */
export interface AskedBird {
  readonly species: string;
  readonly seed: number;
  /** The species whose tag it wears, where it wears one. */
  readonly tagOf?: string | undefined;
  /** The parts that it is drawn without. */
  readonly without?: readonly BirdPart[] | undefined;
}

/** The tag that a bird wears in the lesson. */
export type Tag = "own" | "none" | "other";

/** Several methods side by side, for the picture and the class that are explained. */
export interface Comparison {
  readonly open: boolean;
  readonly picked: readonly MethodName[];
  readonly shows: "relevance" | "overlay";
  /** Whether all maps share one colour scale. */
  readonly common: boolean;
  /** How many masks RISE is to take; absent for as many as take about a minute. */
  readonly masks?: number | undefined;
  /** The question for which RISE was asked, by the key of its answer: it takes a minute, and runs for nobody who didn't. */
  readonly rise?: string | undefined;
  /** Whether the rest is called off. */
  readonly halted: boolean;
}

/** How faithful the maps are that the page shows. */
export interface Judgement {
  readonly open: boolean;
  readonly judge: Judge;
  /** Whether maps that know nothing are measured beside them. */
  readonly baselines: boolean;
  /** Whether the rest is called off. */
  readonly halted: boolean;
  /** The map whose pictures are shown; absent for the main view's. */
  readonly chosen?: string | undefined;
  /** The point of the curves that is looked at. */
  readonly point: number;
}

export interface Notice {
  readonly kind: "error" | "word";
  readonly say: Say;
  /** What it is about: done anew, it needs no saying any more. */
  readonly about?: Topic | undefined;
  /** Something to be done about it. */
  readonly choices?: readonly { readonly say: Say; readonly action: NoticeAction }[];
}

/** What a person does that may go wrong, and is then done anew. */
export type Topic = "settings" | "reading" | "network" | "comparison" | "judgement";

/** What a button in a notice does. */
export type NoticeAction =
  | { readonly kind: "among"; readonly source: Source; readonly network: string }
  | { readonly kind: "use"; readonly source: Source }
  | { readonly kind: "fetch"; readonly entry: ModelEntry }
  | { readonly kind: "retry" };

/** A value that is being read off: of the filtered map over the picture, or of the map beside it. */
export interface Probe {
  readonly figure: "over" | "raw";
  readonly x: number;
  readonly y: number;
}

/** How far the page is with the weights of an entry. */
export interface Transfer {
  readonly work: Work;
  /** Whether another tab fetches them, and this one waits. */
  readonly elsewhere: boolean;
}

/** What the page knows. What isn't there yet, or isn't any more, is undefined. */
export interface State {
  readonly words: Words;

  /** The networks that the page offers, and what is kept of them on this device. */
  readonly entries: readonly ModelEntry[];
  readonly kept: Readonly<Record<string, Kept>>;
  /** Downloads under way, by their entries' ids. */
  readonly transfers: Readonly<Record<string, Transfer>>;
  /** The entry that is to be used once it is here, by its id. */
  readonly awaited?: string | undefined;
  /** Whether the cards to choose a network from are shown although one is loaded. */
  readonly choosing: boolean;
  /** Whether a repository is being looked up, and the one that was looked up last. */
  readonly looking: boolean;
  readonly looked?: ModelEntry | undefined;

  /** The network that is asked, and the device that it is to run on. */
  readonly network?: Network | undefined;
  readonly device: DeviceChoice;
  /** The network that was loaded last; another may be on its way. */
  readonly model?: Model | undefined;
  /** The device choice that it was loaded by. */
  readonly loadedBy: DeviceChoice;
  /** Names that a person gave, by the network's number. */
  readonly named: Readonly<Record<number, Labels>>;
  /** Names that wait for a network of as many classes. */
  readonly waiting?: Labels | undefined;
  /** ImageNet's names, once they are fetched. */
  readonly imagenet?: readonly string[] | undefined;

  /** The bird that is to be shown; nothing where the picture is a person's. */
  readonly bird?: AskedBird | undefined;
  readonly picture?: Picture | undefined;
  /** Whether a picture file is being read. */
  readonly reading: boolean;
  /** The photograph that a network of drawn birds is to answer for all the same. */
  readonly insisted?: Picture | undefined;
  /** Pictures that came together, until others do. */
  readonly batch?: Batch | undefined;
  /** The camera, while it is not left. */
  readonly camera?: Live | undefined;
  /** The picture while it is painted over. */
  readonly easel?: Easel | undefined;
  /** What the page can draw and the library can do; empty until the engine is there. */
  readonly species: readonly Species[];
  readonly methods: readonly MethodInfo[];
  readonly thumbnails: readonly Bird[];
  /** Whether the true parts of a drawn bird are outlined. */
  readonly parts: boolean;
  /** Whether parts can be taken away from it. */
  readonly parting: boolean;
  /** The tag that birds wear in the lesson. */
  readonly tag: Tag;
  readonly settings: Settings;
  /** How many masks RISE gets through in about a minute, by network, once that is measured. */
  readonly minuteMasks: Readonly<Record<number, number>>;

  /** What was explained, by the keys of the questions. */
  readonly outcomes: Outcomes<Answer>;
  /** What is shown. Where it doesn't answer the question that is asked, it is old. */
  readonly answer?: Answer | undefined;
  /** What the engine is doing, by the keys of what it was asked for. */
  readonly running: ReadonlyMap<string, Work>;
  /** What was measured of maps. */
  readonly verdicts: Outcomes<Verdict>;
  readonly films: Outcomes<Film>;
  /** The channels of layers that were looked into. */
  readonly concepts: Outcomes<readonly Concept[]>;
  /** Each class's probability without some of them. */
  readonly silenced: Outcomes<Float32Array>;
  /** What birds' parts are worth, by the map and by the network. */
  readonly parted: Outcomes<Parted>;
  /** The keys of other work that went wrong: what the page can draw, a bird, a thumbnail. */
  readonly troubles: ReadonlySet<string>;
  /** How long each picture's forward pass took, by network and picture: all but the first explanation find it done. */
  readonly forward: Readonly<Record<string, number>>;

  /** The boundary whose relevance is shown, by the library's name; `input` is the picture. */
  readonly layer: string;
  /** The channel of it whose own map is shown. */
  readonly channel?: number | undefined;
  /** Its channels that are switched off. */
  readonly off: readonly number[];
  /** Whether the boundaries are shown one after another. */
  readonly playing: boolean;
  readonly comparison: Comparison;
  readonly judgement: Judgement;
  readonly notice?: Notice | undefined;
  /** What screen readers are told. */
  readonly announcement?: Say | undefined;
  readonly opacity: number;
  /** Whether there is a box around the filtered map's largest region. */
  readonly boxed: boolean;
  /** The answer whose arrays are to be saved, once the engine has given what of them is not here. */
  readonly saving?: Answer | undefined;
  /** The colours of all maps. */
  readonly scale: Scale;
  /** What part of the figures is looked at, once somebody looks closer. */
  readonly closer?: Closer | undefined;
  /** Up to which share of the figure's width the picture is shown alone; absent where the map covers all. */
  readonly wipe?: number | undefined;
  /** How far the page is with working offline; absent where it doesn't, or doesn't know yet. */
  readonly offline?: Offline | undefined;
  readonly probe?: Probe | undefined;
  readonly query: string;
  /** What a link asked for that can't be shown yet. */
  readonly arriving?: Arriving | undefined;
}

/** The library's name of the boundary where relevance arrives. */
export const PICTURE = "input";

/** Shows a boundary, and nothing of its channels yet. */
export const atLayer = (layer: string) => ({ layer, channel: undefined, off: [], probe: undefined });

/** The bird that the page opens with. */
export const FIRST_BIRD: AskedBird = { species: "Masked Sunwren", seed: 63 };

/** Early on the curve, where maps differ most. */
const FIRST_POINT = 5;

export const firstState = (entries: readonly ModelEntry[], words: Words): State => ({
  words,
  entries,
  kept: {},
  transfers: {},
  choosing: false,
  looking: false,
  device: "auto",
  loadedBy: "auto",
  named: {},
  bird: FIRST_BIRD,
  reading: false,
  species: [],
  methods: [],
  thumbnails: [],
  parts: false,
  parting: false,
  tag: "own",
  settings: PRESETS.measured,
  minuteMasks: {},
  outcomes: new Map(),
  verdicts: new Map(),
  films: new Map(),
  concepts: new Map(),
  silenced: new Map(),
  parted: new Map(),
  troubles: new Set(),
  running: new Map(),
  forward: {},
  ...atLayer(PICTURE),
  playing: false,
  comparison: {
    open: false,
    picked: ["lrp-epsilon-plus", "c3-lrp", "grad-cam", "input-x-gradient"],
    shows: "relevance",
    common: false,
    halted: false,
  },
  judgement: {
    open: false,
    judge: { protocol: "paper", ties: "stable" },
    baselines: false,
    halted: false,
    point: FIRST_POINT,
  },
  opacity: 0.75,
  boxed: false,
  scale: "red-blue",
  query: "",
});

/** The names of a network's classes: its file's, a person's, or ImageNet's where their number suggests it. */
export function labelsOf({ model, named, imagenet }: State): Labels | undefined {
  if (!model) return undefined;
  const given = named[model.id];
  if (given) return given;
  const { labels, classes } = model.info;
  if (labels) return { names: labels, from: { kind: "weights" } };
  if (classes !== 1000 || !imagenet) return undefined;
  // Of weights from elsewhere, the number of classes is all that says so.
  const guessed = model.entry?.photographs !== true;
  return { names: imagenet, from: { kind: guessed ? "guess" : "imagenet" }, ...(guessed ? { guessed } : {}) };
}

/** What a class of the network that is loaded is called. */
export const nameOf = (state: State, index: number): string => className(state.words, labelsOf(state), index);

/** What an answer is about: a class, or a class rather than others. */
export function subjectOf(state: State, { explained: { target }, named: { against } }: Answer): string {
  const name = nameOf(state, target);
  const { contrast: t } = state.words.t.stage;
  if (against === undefined) return name;
  return t.rather({ name, other: against === "rest" ? t.rest : nameOf(state, against) });
}

/** Whether the network that is loaded has the drawn birds for its classes. */
export function knowsBirds(state: State): boolean {
  const [first] = state.species;
  return first !== undefined && labelsOf(state)?.names.includes(first.name) === true;
}

/** Whether the network that is asked is that of the lesson. */
export const inLesson = ({ network }: State): boolean => network?.entry === taggedBirds;

/** The bird that is to be shown, with the species whose tag it is to wear. */
export function birdAsked(state: State): AskedBird | undefined {
  const { bird, species, tag } = state;
  if (!bird || species.length === 0) return undefined;
  if (!inLesson(state) || tag === "none") return { ...bird, tagOf: undefined };
  if (tag === "own") return { ...bird, tagOf: bird.species };
  // Another's tag is that of a species far off in the list: it has another corner and another colour.
  const at = species.findIndex(({ name }) => name === bird.species);
  return { ...bird, tagOf: species[(at + species.length / 2) % species.length]?.name };
}

export const birdKey = ({ species, seed, tagOf, without = [] }: AskedBird): string =>
  JSON.stringify(["bird", species, seed, tagOf ?? null, ...[...without].sort()]);

/** Whether the picture is the bird that is to be shown. */
export const isDrawn = ({ picture }: State, asked: AskedBird): boolean =>
  picture?.bird !== undefined && birdKey(picture.bird) === birdKey(asked);

/** Whether another picture is on its way: a file is read, or a bird drawn. */
export function taking(state: State): boolean {
  if (state.reading) return true;
  const asked = birdAsked(state);
  if (!asked) return state.bird !== undefined && !state.troubles.has(CATALOGUE_KEY);
  return !isDrawn(state, asked) && !state.troubles.has(birdKey(asked));
}

export const CATALOGUE_KEY = "catalogue";

/** Whether another network, or the same on another device, is on its way to the engine. */
export const loading = ({ network, model, device, loadedBy }: State): boolean =>
  network !== undefined && (network.id !== model?.id || device !== loadedBy);

/**
 * Whether the picture waits until a network is chosen for it: it is none of the drawn birds, and the network that
 * is loaded knows nothing else.
 */
export function asksForNetwork(state: State): boolean {
  const { picture, insisted } = state;
  if (!picture || picture.bird || picture === insisted) return false;
  return !loading(state) && knowsBirds(state);
}

/** RISE with as many masks as take about a minute, where nobody said how many, once that is known. */
export function withMasks(state: State, question: Question): Question {
  const masks = state.minuteMasks[question.network];
  if (!wantsMasks(question.method) || masks === undefined) return question;
  return { ...question, method: { ...question.method, masks } };
}

/** What is asked; nothing without a picture, or without a network that can be asked about it. */
export function questionOf(state: State): Question | undefined {
  const { picture, network, settings } = state;
  if (isLive(state)) return undefined;
  if (!picture || !network || taking(state) || asksForNetwork(state)) return undefined;
  // What a link asks is asked once it is known.
  if (state.arriving?.until === "asked") return undefined;
  const question = withMasks(state, ask(picture, network.id, settings));
  const first = firstLook(state, question);
  if (!first) return question;
  const { outcomes, easel } = state;
  const rests = easel?.at === undefined && outcomes.has(questionKey(first));
  return rests || outcomes.has(questionKey(question)) ? question : first;
}

/** The side of the square at which the network first looks at a painted picture; undefined for its own at once. */
export function firstSide({ model, network, settings }: State): number | undefined {
  if (!model || model.id !== network?.id || settings.method.name === "rise") return undefined;
  return soonerSide(model, false);
}

/** What is asked first about a picture that is being painted: the same at a side at which the answer comes sooner. */
function firstLook(state: State, question: Question): Question | undefined {
  const { easel, picture } = state;
  const untouched = !easel || picture === easel.untouched || picture === easel.original;
  const side = untouched ? undefined : firstSide(state);
  return side === undefined ? undefined : { ...question, side };
}

/** What came of the question that is asked, or until that is here of a first look at it. */
export function outcomeToShow(state: State): Outcome<Answer> | undefined {
  const question = questionOf(state);
  if (!question) return undefined;
  const outcome = state.outcomes.get(questionKey(question));
  const first = outcome ? undefined : firstLook(state, question);
  return outcome ?? (first && state.outcomes.get(questionKey(first)));
}

/** Whether what is shown is a first look, with no more to be asked about it. */
export const isFirstLook = ({ answer }: State): boolean => answer?.question.side !== undefined;

/** The answer, where it is about the picture that is shown; while that is painted over, the one before is shown as well. */
export function shownAnswer(state: State): Answer | undefined {
  const { answer, picture, easel } = state;
  if (!answer || !picture || asksForNetwork(state)) return undefined;
  const about = answer.question.picture;
  const before = easel !== undefined && isOf(easel, about) && isOf(easel, picture);
  return about === picture || before ? answer : undefined;
}

/** What came of the question that is asked; nothing as long as it is on its way. */
export function outcomeOf(state: State): Outcome<Answer> | undefined {
  const question = questionOf(state);
  return question && state.outcomes.get(questionKey(question));
}

/** Whether what is shown is no answer to what is asked. */
export function isOld(state: State): boolean {
  const { answer } = state;
  if (!answer) return false;
  const outcome = outcomeOf(state);
  return outcome?.kind !== "done" || outcome.value !== answer;
}

/** The class that is asked for: the one that was picked, or that of the answer. */
export const targetOf = ({ settings, answer }: State): number | undefined =>
  settings.target ?? answer?.explained.target;

/** The work on the question that is asked; nothing where the engine does something else. */
export function asking(state: State): Work | undefined {
  const question = questionOf(state);
  const { running } = state;
  return question && (running.get(questionKey(question)) ?? running.get(masksKey(question.network)));
}

/** The work on getting the network ready that is waited for: its download, or loading it. */
export function preparing({ awaited, transfers, running, network, device }: State): Work | undefined {
  const transfer = awaited === undefined ? undefined : transfers[awaited];
  if (transfer) return transfer.work;
  return network && running.get(loadKey(network.id, device));
}

export const loadKey = (network: number, device: DeviceChoice): string => `load ${network} ${device}`;
export const masksKey = (network: number): string => `masks ${network}`;

/** Whether the camera's frames are shown in place of a picture. */
export const isLive = ({ camera }: State): boolean => camera !== undefined && camera.stage !== "paused";

/** Whether the page is about to change by itself: a picture is taken, a network comes, the question is worked on. */
export function isBusy(state: State): boolean {
  if (state.camera?.stage === "asking" || taking(state) || loading(state) || state.awaited !== undefined)
    return true;
  if (state.arriving && state.arriving.until !== "photo" && state.picture && state.model) {
    if (state.arriving.until === "asked") return true;
    // An answer that never comes has no layer to be shown.
    if (state.answer && !isOld(state)) return true;
  }
  return questionOf(state) !== undefined && outcomeOf(state) === undefined;
}

/** The boundary inside the network that the map beside the picture shows; undefined where it is the picture's. */
export const innerLayer = ({ answer, layer }: State): Layer | undefined =>
  layer === PICTURE ? undefined : answer?.explained.boundaries.find(({ name }) => name === layer);

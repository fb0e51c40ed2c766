import type { Bird, BirdPart, DeviceChoice, Info, MethodInfo, MethodName, Species } from "c3lrp";
import type { Parted } from "c3lrp/client";
import type { Answer, CurveSettings, Curves, Film, Outcomes } from "./answer";
import type { Arriving } from "./arriving";
import type { Batch } from "./batch";
import type { Live } from "./camera";
import type { Closer } from "./closer";
import type { Scale } from "./colours";
import type { Concept } from "./concepts";
import type { Easel } from "./easel";
import type { KeptRepository } from "./hub";
import type { Labels } from "./labels";
import type { ModelEntry } from "./models";
import type { Offline } from "./offline";
import type { Picture } from "./picture";
import { PRESETS } from "./presets";
import type { Settings } from "./question";
import type { Source } from "./source";
import type { Say, Words } from "./words/words";

/** Work that takes a while, as the page shows it. */
export interface Work {
  /** The current step, by the library's or the page's name. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** When the work and its current step began, by `performance.now()`. */
  readonly since: number;
  readonly stepSince: number;
}

/** A chosen network: weights with their own number. The same weights with other settings are another network. */
export interface Network extends Source {
  readonly id: number;
}

/** A loaded network, with the library's description. */
export interface Model extends Network {
  readonly info: Info;
}

/** A bird by its species and the seed of its pose, place and light. */
export interface AskedBird {
  readonly species: string;
  readonly seed: number;
  /** The species whose tag it wears, if any. */
  readonly tagOf?: string | undefined;
  /** The parts that it is drawn without. */
  readonly without?: readonly BirdPart[] | undefined;
}

/** The tag that a bird wears in the lesson. */
export type Tag = "own" | "none" | "other";

/** The comparison of methods for the explained picture and class. */
export interface Comparison {
  readonly open: boolean;
  readonly picked: readonly MethodName[];
  readonly shows: "relevance" | "overlay";
  /** Whether all maps share one colour scale. */
  readonly common: boolean;
  /** The number of RISE's masks; absent for as many as take about a minute. */
  readonly masks?: number | undefined;
  /** The key of the answer for which RISE was requested: it takes a minute, so it runs only on request. */
  readonly rise?: string | undefined;
  /** Whether the rest is cancelled. */
  readonly halted: boolean;
}

/** The faithfulness section: insertion and deletion of the shown maps. */
export interface Judgement {
  readonly open: boolean;
  readonly judge: CurveSettings;
  /** Whether baselines are measured beside them. */
  readonly baselines: boolean;
  /** Whether the rest is cancelled. */
  readonly halted: boolean;
  /** The map whose pictures are shown; by default the main view's. */
  readonly chosen?: string | undefined;
  /** The selected point of the curves. */
  readonly point: number;
}

export interface Notice {
  readonly kind: "error" | "word";
  readonly say: Say;
  /** Its subject; the notice is removed when that is tried again. */
  readonly about?: Topic | undefined;
  /** A button that does something about it. */
  readonly choices?: readonly { readonly say: Say; readonly action: NoticeAction }[];
}

/** Subjects of notices: actions that may fail and be tried again. */
export type Topic = "settings" | "reading" | "network" | "comparison" | "judgement";

/** What a button in a notice does. */
export type NoticeAction =
  | { readonly kind: "among"; readonly source: Source; readonly network: string }
  | { readonly kind: "use"; readonly source: Source }
  | { readonly kind: "fetch"; readonly entry: ModelEntry }
  | { readonly kind: "retry" };

/** A value that is read off the filtered map over the picture, or off the map beside it. */
export interface Probe {
  readonly figure: "over" | "raw";
  readonly x: number;
  readonly y: number;
}

/** The progress of an entry's download. */
export interface Transfer {
  readonly work: Work;
  /** Whether another tab is downloading, and this one waits. */
  readonly elsewhere: boolean;
}

/** Everything that the page knows. Missing values are undefined. */
export interface State {
  readonly words: Words;

  /** The networks that the page offers, and how much of them is kept on this device. */
  readonly entries: readonly ModelEntry[];
  readonly kept: Readonly<Record<string, KeptRepository>>;
  /** Downloads under way, by their entries' ids. */
  readonly transfers: Readonly<Record<string, Transfer>>;
  /** The id of the entry to use as soon as it has arrived. */
  readonly awaited?: string | undefined;
  /** Whether the network cards are shown although a network is loaded. */
  readonly choosing: boolean;
  /** Whether a repository is being looked up, and the one that was looked up last. */
  readonly looking: boolean;
  readonly looked?: ModelEntry | undefined;

  /** The chosen network and device. */
  readonly network?: Network | undefined;
  readonly device: DeviceChoice;
  /** The network that was loaded last; another one may be loading. */
  readonly model?: Model | undefined;
  /** The device choice that it was loaded with. */
  readonly loadedBy: DeviceChoice;
  /** Class names given by a person, by the network's number. */
  readonly named: Readonly<Record<number, Labels>>;
  /** Class names that wait for a network with that many classes. */
  readonly waiting?: Labels | undefined;
  /** ImageNet's names, once they are fetched. */
  readonly imagenet?: readonly string[] | undefined;

  /** The bird to show; undefined for a person's own picture. */
  readonly bird?: AskedBird | undefined;
  readonly picture?: Picture | undefined;
  /** Whether a picture file is being read. */
  readonly reading: boolean;
  /** The photograph for which a network of drawn birds should answer anyway. */
  readonly insisted?: Picture | undefined;
  /** Several pictures that were given together. */
  readonly batch?: Batch | undefined;
  /** The camera, while it is open. */
  readonly camera?: Live | undefined;
  /** The picture while it is painted over. */
  readonly easel?: Easel | undefined;
  /** The species that can be drawn and the library's methods; empty until the engine has started. */
  readonly species: readonly Species[];
  readonly methods: readonly MethodInfo[];
  readonly thumbnails: readonly Bird[];
  /** Whether the true parts of a drawn bird are outlined. */
  readonly parts: boolean;
  /** Whether the section that removes parts is open. */
  readonly parting: boolean;
  /** The tag that birds wear in the lesson. */
  readonly tag: Tag;
  readonly settings: Settings;
  /** How many masks RISE can run in about a minute, by network, once measured. */
  readonly minuteMasks: Readonly<Record<number, number>>;

  /** The explanations, by the keys of their questions. */
  readonly outcomes: Outcomes<Answer>;
  /** The shown answer. If it doesn't answer the current question, it is outdated. */
  readonly answer?: Answer | undefined;
  /** The engine's current work, by its wants' keys. */
  readonly running: ReadonlyMap<string, Work>;
  /** The measurements of maps. */
  readonly curves: Outcomes<Curves>;
  readonly films: Outcomes<Film>;
  /** The channels of layers, by the layer's key. */
  readonly concepts: Outcomes<readonly Concept[]>;
  /** Each class's probability without some channels. */
  readonly silenced: Outcomes<Float32Array>;
  /** The importance of birds' parts, in the map and for the network. */
  readonly parted: Outcomes<Parted>;
  /** The keys of other failed work: the catalogue, a bird, a thumbnail. */
  readonly troubles: ReadonlySet<string>;
  /** The time of each picture's forward pass, by network and picture: only the first explanation runs it. */
  readonly forward: Readonly<Record<string, number>>;

  /** The shown boundary, by the library's name; `input` is the picture. */
  readonly layer: string;
  /** The channel whose own map is shown. */
  readonly channel?: number | undefined;
  /** The channels that are switched off. */
  readonly off: readonly number[];
  /** Whether the boundaries are being played one after another. */
  readonly playing: boolean;
  readonly comparison: Comparison;
  readonly judgement: Judgement;
  readonly notice?: Notice | undefined;
  /** The text for screen readers. */
  readonly announcement?: Say | undefined;
  readonly opacity: number;
  /** Whether there is a box around the filtered map's largest region. */
  readonly boxed: boolean;
  /** The answer whose arrays will be saved once the engine has sent the relevance. */
  readonly saving?: Answer | undefined;
  /** The colours of all maps. */
  readonly scale: Scale;
  /** The visible part of the figures, once somebody has zoomed in. */
  readonly closer?: Closer | undefined;
  /** The share of the figure's width, from the left, without the map; absent if the map covers everything. */
  readonly wipe?: number | undefined;
  /** The offline state; absent if the page doesn't work offline, or doesn't know yet. */
  readonly offline?: Offline | undefined;
  readonly probe?: Probe | undefined;
  readonly query: string;
  /** The part of a link that can't be shown yet. */
  readonly arriving?: Arriving | undefined;
}

/** The library's name of the last boundary, the picture. */
export const PICTURE = "input";

/** Shows a boundary, without its channels. */
export const atLayer = (layer: string) => ({ layer, channel: undefined, off: [], probe: undefined });

/** The bird that the page opens with. */
export const FIRST_BIRD: AskedBird = { species: "Masked Sunwren", seed: 63 };

/** A point early on the curve, where maps differ most. */
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
  curves: new Map(),
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
    picked: [PRESETS.measured.method.name, PRESETS.published.method.name, "grad-cam", "input-x-gradient"],
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

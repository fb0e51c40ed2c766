import type { Bird, DeviceChoice, MethodInfo, Species } from "c3lrp";
import type { Film, Parted } from "c3lrp/client";
import type { Answer, Outcomes } from "./answer";
import type { Concept } from "./atlas";
import type { Batch } from "./batch";
import { type AskedBird, FIRST_BIRD, type Tag } from "./bird";
import type { Closer } from "./closer";
import type { Scale } from "./colours";
import { type Comparison, FIRST_COMPARISON } from "./comparison";
import type { Easel } from "./easel";
import { type Curves, FIRST_JUDGEMENT, type Judgement } from "./judgement";
import type { KeptRepository } from "./kept";
import type { Labels } from "./labels";
import type { Arriving } from "./link";
import type { Live } from "./live";
import type { ModelEntry } from "./models";
import type { Model, Network } from "./network";
import type { Notice } from "./notices";
import type { Offline } from "./offline";
import type { Picture } from "./picture";
import { PRESETS } from "./presets";
import type { Settings } from "./question";
import type { Say, Words } from "./words/words";
import type { Transfer, Work } from "./work";

/** A value that is read off the filtered map over the picture, or off the map beside it. */
export interface Probe {
  readonly figure: "over" | "raw";
  readonly x: number;
  readonly y: number;
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
  comparison: FIRST_COMPARISON,
  judgement: FIRST_JUDGEMENT,
  opacity: 0.75,
  boxed: false,
  scale: "red-blue",
  query: "",
});

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

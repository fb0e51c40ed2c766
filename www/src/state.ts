import type {
  Bird,
  DeviceChoice,
  Faithfulness,
  Info,
  MethodInfo,
  MethodName,
  MethodOptions,
  Species,
} from "c3lrp";
import type { Ranked } from "./classes";
import type { Labels } from "./labels";
import { type ModelEntry, taggedBirds } from "./models";
import type { Picture } from "./picture";
import { PRESETS } from "./presets";
import type { Asked, Explained, Film, Judge, Layer } from "./protocol";
import type { Among, Source } from "./source";
import type { Kept } from "./weights";
import type { MapInWords } from "./words";

/** Work that takes a while, as the status line shows it. */
export interface Work {
  readonly kind: "download" | "load" | "explain" | "compare" | "judge";
  /** The library's or the page's word for what is going on. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly since: number;
  /** Since when it is this that is going on. */
  readonly stepSince: number;
}

/** A network that is loaded, with what it was loaded from. */
export interface Model extends Source {
  readonly info: Info;
}

export interface Result {
  readonly explained: Explained;
  readonly ranked: readonly Ranked[];
  readonly words: MapInWords;
  /** The settings that gave it. */
  readonly settings: Settings;
}

export type Fit = NonNullable<Asked["fit"]>;

export const FILTERS = ["c3", "c1c", "heat-quantization", "none"] as const;
export type Filter = (typeof FILTERS)[number];

/** The tag that a bird wears in the lesson. */
export type Tag = "own" | "none" | "other";

/** What a person can set about an explanation; `target` is absent for the most probable class. */
export interface Settings extends Asked {
  /** Its options as far as they are not its defaults. */
  readonly method: MethodOptions;
  readonly filter: Filter;
  /** How a picture becomes square; absent for the network's own way. */
  readonly fit?: Fit;
}

/** A method's place in the comparison; `of` says what was asked for, without the method. */
export type Card =
  | { readonly kind: "done"; readonly of: string; readonly explained: Explained }
  | { readonly kind: "failed"; readonly of: string; readonly text: string };

/** Several methods side by side, for the picture and the class that are explained. */
export interface Comparison {
  readonly open: boolean;
  readonly picked: readonly MethodName[];
  readonly shows: "relevance" | "overlay";
  /** What the cards are to be of: the class, the filter, how the picture becomes square. */
  readonly of: string;
  readonly cards: Readonly<Partial<Record<MethodName, Card>>>;
  /** The card that is being made. */
  readonly making: { readonly method: MethodName; readonly work: Work } | undefined;
  /** Whether the rest was called off. */
  readonly halted: boolean;
  /** Whether RISE was asked for: it takes a minute, and runs for nobody who didn't. */
  readonly rise: boolean;
  /** How many masks were asked for; absent for as many as take about a minute. */
  readonly masks: number | undefined;
}

/** A map with all that its curves depend on. */
export interface Tried {
  readonly map: Float32Array;
  readonly target: number;
  readonly judge: Judge;
}

/** What came of measuring a map. */
export type Verdict = Tried &
  (
    | { readonly kind: "done"; readonly curves: Faithfulness }
    | { readonly kind: "failed"; readonly text: string }
  );

/** How faithful the maps are that the page shows. */
export interface Judgement {
  readonly open: boolean;
  readonly judge: Judge;
  /** Whether maps that know nothing are measured beside them. */
  readonly baselines: boolean;
  readonly verdicts: readonly Verdict[];
  /** What is being measured, by its title. */
  readonly making: { readonly title: string; readonly work: Work } | undefined;
  /** Whether the rest was called off. */
  readonly halted: boolean;
  /** The title of the map whose pictures are shown; absent for the main view's. */
  readonly chosen: string | undefined;
  /** The point of the curves that is looked at. */
  readonly point: number;
  /** The chosen map's pictures, as far as they were asked for. */
  readonly film: (Tried & { readonly film: Film }) | undefined;
}

export interface Notice {
  readonly kind: "error" | "word";
  readonly text: string;
  /** Where a file holds several networks: these, to choose from. */
  readonly choices?: { readonly source: Source; readonly networks: readonly Among[] };
}

/** A value that is being read off: of the filtered map over the picture, or of the map beside it. */
export interface Probe {
  readonly figure: "over" | "raw";
  readonly x: number;
  readonly y: number;
}

export interface State {
  readonly entries: readonly ModelEntry[];
  readonly kept: Readonly<Record<string, Kept>>;
  readonly model: Model | undefined;
  /** Whether the cards to choose a model from are shown although one is loaded. */
  readonly choosing: boolean;
  /** Whether a repository is being looked up. */
  readonly looking: boolean;
  /** The repository that was looked up last. */
  readonly looked: ModelEntry | undefined;
  /** The photograph that a network of drawn birds is to answer for all the same. */
  readonly insisted: Picture | undefined;
  readonly device: DeviceChoice;
  readonly labels: Labels | undefined;
  readonly picture: Picture | undefined;
  /** The species of birds that the page can draw; empty until the engine is there. */
  readonly species: readonly Species[];
  /** The methods that the library has; empty until the engine is there. */
  readonly methods: readonly MethodInfo[];
  /** A small picture of each species, as far as they are drawn. */
  readonly thumbnails: readonly Bird[];
  /** Whether the true parts of a drawn bird are outlined. */
  readonly parts: boolean;
  /** The tag that birds wear in the lesson. */
  readonly tag: Tag;
  readonly settings: Settings;
  /** How many masks RISE gets through in about a minute here, once that is measured. */
  readonly minuteMasks: number | undefined;
  /** The boundary whose relevance is shown, by the library's name; `input` is the picture. */
  readonly layer: string;
  /** Whether the boundaries are shown one after another. */
  readonly playing: boolean;
  readonly comparison: Comparison;
  readonly judgement: Judgement;
  /** How long the picture's forward pass took; all but the first explanation find it done. */
  readonly forward: number;
  readonly work: Work | undefined;
  readonly result: Result | undefined;
  readonly notice: Notice | undefined;
  readonly opacity: number;
  readonly probe: Probe | undefined;
  readonly query: string;
}

/** The library's name of the boundary where relevance arrives. */
export const PICTURE = "input";

/** Early on the curve, where maps differ most. */
const FIRST_POINT = 5;

export const firstState = (entries: readonly ModelEntry[]): State => ({
  entries,
  kept: {},
  model: undefined,
  choosing: false,
  looking: false,
  looked: undefined,
  insisted: undefined,
  device: "auto",
  labels: undefined,
  picture: undefined,
  species: [],
  methods: [],
  thumbnails: [],
  parts: false,
  tag: "own",
  settings: PRESETS.measured,
  minuteMasks: undefined,
  layer: PICTURE,
  playing: false,
  comparison: {
    open: false,
    picked: ["lrp-epsilon-plus", "c3-lrp", "grad-cam", "input-x-gradient"],
    shows: "relevance",
    of: "",
    cards: {},
    making: undefined,
    halted: false,
    rise: false,
    masks: undefined,
  },
  judgement: {
    open: false,
    judge: { protocol: "paper", ties: "stable" },
    baselines: false,
    verdicts: [],
    making: undefined,
    halted: false,
    chosen: undefined,
    point: FIRST_POINT,
    film: undefined,
  },
  forward: 0,
  work: undefined,
  result: undefined,
  notice: undefined,
  opacity: 0.75,
  probe: undefined,
  query: "",
});

/** Whether the network that is loaded has the drawn birds for its classes. */
export const knowsBirds = ({ species: [first], labels }: State): boolean =>
  first !== undefined && labels?.names.includes(first.name) === true;

/** Whether the network that is loaded is that of the lesson. */
export const inLesson = ({ model }: State): boolean => model?.entry === taggedBirds;

/**
 * Whether the picture waits until a network is chosen for it: it is none of the drawn birds, and the network that
 * is loaded knows nothing else.
 */
export const asksForNetwork = (state: State): boolean => {
  const { model, picture, insisted } = state;
  return (
    model !== undefined && picture !== undefined && !picture.bird && picture !== insisted && knowsBirds(state)
  );
};

/** The boundary inside the network that the map beside the picture shows; undefined where it is the picture's. */
export const innerLayer = ({ result, layer }: State): Layer | undefined =>
  layer === PICTURE ? undefined : result?.explained.boundaries.find(({ name }) => name === layer);

/** Draws a state on the page. */
export type Render = (state: State) => void;

/** Holds the state; changes made in one go are drawn once. */
export class Store {
  #state: State;
  #queued = false;
  #render: Render = () => {};

  constructor(first: State) {
    this.#state = first;
  }

  get state(): State {
    return this.#state;
  }

  /** Says what draws the state from now on. */
  show(render: Render): void {
    this.#render = render;
    render(this.#state);
  }

  update(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#render(this.#state);
    });
  }
}

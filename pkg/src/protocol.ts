import type {
  Bird,
  BirdOptions,
  BirdPart,
  Boundary,
  CreateOptions,
  Crop,
  DeviceChoice,
  ExplainOptions,
  Explanation,
  Fact,
  Faithfulness,
  Filtered,
  Concept as Found,
  Info,
  Kernels,
  Memory,
  MethodInfo,
  Plan,
  Species,
} from "../c3lrp.js";
import type { Sentence } from "./errors.js";
import type { Pixels as Plain } from "./picture.js";

/** How a call is followed, and called off. */
export type Following = Required<Pick<ExplainOptions, "onProgress" | "signal">>;

/** What can be asked for. */
export type Asked = Omit<ExplainOptions, keyof Following>;

/** A network, as the worker is told to load it. */
export interface Weights {
  /** The name of its file or repository: some networks are known by it alone. */
  readonly called: string;
  /** One file, or the parts of one. */
  readonly weights: readonly Blob[];
  /** The configurations that lie beside them. */
  readonly configs: readonly { readonly text: string }[];
  /** What tensors don't tell, as a person says it. */
  readonly reading: Pick<CreateOptions, Exclude<Fact["name"], "fit">>;
  /** How the tensors' names of the network begin, where the file holds several. */
  readonly network?: string | undefined;
}

/** What is known to be where in a drawn bird's picture, as masks. */
export type Truth = Pick<Bird, "whole" | "deciding" | "tag">;

export interface Pixels extends Plain {
  readonly truth?: Truth | undefined;
}

/** How much of what speaks for the class lies on something whose place is known; shares from 0 to 1. */
export interface Mass {
  readonly on: keyof Truth;
  /** Its share of the area, which is what a map without any preference would have. */
  readonly area: number;
  /** Of the whole map, and of what the filter keeps; undefined where nothing speaks for the class. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Intersection over union, 0 to 1, of a map's largest region with the whole bird: of both masks, and of the boxes around them. */
export interface RegionFit {
  readonly mask: number;
  readonly box: number;
}

/** A part of a drawn bird. */
export interface PartValue {
  readonly part: BirdPart;
  /** The share of the map's sum that lies on it. */
  readonly share: number;
  /** By how much what is explained falls when the bird is drawn without it. */
  readonly loss: number;
}

/** What each part that shows is worth, by the map and by the network. */
export interface Parted {
  readonly parts: readonly PartValue[];
  /** Spearman's correlation of both, −1 to 1; undefined where all are equal. */
  readonly correlation: number | undefined;
}

/** A boundary with its diverging colours, each scaled by its own full colour. */
export interface Layer extends Boundary {
  readonly colours: Uint8ClampedArray<ArrayBuffer>;
}

/** A channel of a layer with its map's diverging colours; the map itself where it was asked for. */
export interface Concept extends Omit<Found, "map">, Partial<Pick<Found, "map">> {
  readonly colours: Uint8ClampedArray<ArrayBuffer>;
}

/** An explanation with its colours; relevance per channel stays in the worker, nobody here reads it. */
export interface Explained extends Omit<Explanation, "relevance"> {
  readonly boundaries: Layer[];
  readonly device: Info["device"];
  /** The magnitude that the diverging colours show in full; it and all beyond look alike. */
  readonly scale: number;
  readonly diverging: Uint8ClampedArray<ArrayBuffer>;
  readonly overlay: Uint8ClampedArray<ArrayBuffer>;
  /** The diverging colours from the scale's lower end to its upper, `LEGEND` of them. */
  readonly legend: Uint8ClampedArray<ArrayBuffer>;
  /** The picture as the network was given it, four bytes a pixel. */
  readonly seen: Uint8ClampedArray<ArrayBuffer>;
  /** Empty where the truth about the picture is not known. */
  readonly masses: readonly Mass[];
  /** How far the largest region is where the bird is; absent where either is not known. */
  readonly fit?: RegionFit | undefined;
}

export const LEGEND = 65;

/** A picture at every point of both curves of a map, four bytes a pixel. */
export type Film = Readonly<Record<"insertion" | "deletion", readonly Uint8ClampedArray<ArrayBuffer>[]>>;

/** A camera's picture, which becomes the worker's and is closed there. */
export type Frame = VideoFrame | ImageBitmap;

/** What is said of a camera's frame: little enough for many a second. */
export interface Glimpse {
  readonly target: number;
  /** The most probable classes with their probabilities, the first first. */
  readonly top: readonly { readonly index: number; readonly probability: number }[];
  /** The filtered map's colours, four bytes a pixel. */
  readonly overlay: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** The part of the frame that they cover, as shares of its width and height. */
  readonly crop: Crop;
  /** What it took, with the frame's resizing. */
  readonly milliseconds: number;
}

/** What is asked of a picture; `pixels` is absent when they are those of the call before. */
interface OnPicture {
  pixels?: Pixels;
  fit: Asked["fit"];
}

/** What is asked of a map of a picture. */
interface OnMap extends OnPicture {
  map: Float32Array;
  judge: Plan;
}

/** What a page asks of the worker, and what that answers. */
export interface Calls {
  create: {
    ask: {
      source: Weights;
      device: DeviceChoice;
      kernels: Kernels[];
    };
    answer: { kind: "created"; info: Info };
  };
  /**
   * `side` is that of the square which the network is to see, where it takes another than its own: the map comes sooner,
   * and is as coarse. What is asked about the picture later is asked at the network's own.
   */
  explain: {
    ask: { pixels?: Pixels; side?: number; options: Asked };
    answer: { kind: "explained"; explained: Explained };
  };
  /** The relevance of each channel of the picture, channels·H·W; the map, H·W, where the method gives a map only. */
  relevance: {
    ask: { pixels?: Pixels; options: Asked };
    answer: { kind: "related"; relevance: Float32Array };
  };
  /**
   * Explains a camera's frame, and leaves the picture at hand alone. `side` is that of the square which the network is to
   * see, where it takes another than its own.
   */
  glimpse: {
    ask: { frame: Frame; side?: number | undefined; options: Asked };
    answer: { kind: "glimpsed"; glimpse: Glimpse };
  };
  /** The channels of a layer that the class owes most of its relevance to, for a question that is explained. */
  concepts: {
    ask: { pixels?: Pixels; layer: string; options: Asked; top?: number; maps?: boolean };
    answer: { kind: "found"; concepts: readonly Concept[] };
  };
  /** Each class's probability without some channels of a layer. */
  without: {
    ask: OnPicture & { layer: string; channels: readonly number[] };
    answer: { kind: "silenced"; probabilities: Float32Array };
  };
  /** What a drawn bird's parts are to a map, and to the network. */
  parted: {
    ask: OnPicture & {
      bird: BirdOptions & Pick<Bird, "species" | "seed">;
      map: Float32Array;
      target: number;
      against: Asked["against"];
    };
    answer: { kind: "parted"; parted: Parted };
  };
  /** How many masks RISE gets through in about a minute. */
  measure: { ask: OnPicture; answer: { kind: "measured"; masks: number } };
  /** Insertion and deletion of a map. */
  judge: { ask: OnMap & { target: number }; answer: { kind: "judged"; curves: Faithfulness } };
  /** The picture at every point of a map's curves. */
  film: { ask: OnMap & { points: number }; answer: { kind: "filmed"; film: Film } };
  /** What another filter makes of a map that is explained already. */
  refilter: {
    ask: Pick<Explained, "map" | "width" | "height"> & { filter: Asked["filter"]; truth: Truth | undefined };
    answer: {
      kind: "refiltered";
      refiltered: Pick<Explained, keyof Filtered | "overlay" | "masses" | "fit">;
    };
  };
  /** The names in a list of classes. */
  labels: { ask: { bytes: Uint8Array }; answer: { kind: "labelled"; names: readonly string[] } };
  /** What the library can draw, and how it can explain. */
  catalogue: {
    ask: object;
    answer: { kind: "catalogue"; species: readonly Species[]; methods: readonly MethodInfo[] };
  };
  /** For long sessions' test: what the worker holds. */
  memory: { ask: object; answer: { kind: "remembered"; memory: Memory | undefined } };
  draw: {
    ask: { bird: BirdOptions & Pick<Bird, "species" | "seed"> };
    answer: { kind: "drawn"; bird: Bird };
  };
}

/** The wasm's address, its bytes, or what was compiled of them. */
export type Wasm = string | Uint8Array<ArrayBuffer> | WebAssembly.Module;

export type Kind = keyof Calls;
export type Ask<K extends Kind> = Calls[K]["ask"];
export type Answer<K extends Kind> = Calls[K]["answer"];

export type CallOf<K extends Kind> = {
  [P in K]: Readonly<Ask<P>> & { readonly id: number; readonly kind: P };
}[K];

/**
 * Page to worker. Of calls that need the network there is one at a time; what needs none goes on beside
 * them, and `stop` ends the call with its number at its next step.
 */
export type Call =
  | CallOf<Kind>
  | { readonly id: number; readonly kind: "stop" }
  /** Before any call: the wasm or its address, if it is not beside the library. */
  | { readonly id: 0; readonly kind: "wasm"; readonly wasm: Wasm };

/** Worker to page. */
export type Reply = Readonly<
  | ({ id: number } & Answer<Kind>)
  | { id: number; kind: "progress"; done: number; total: number; what: string }
  | { id: number; kind: "failed"; name: string; what: Sentence }
  /** Its first word: it was fetched and started. */
  | { id: 0; kind: "here" }
  /** What it compiled of the wasm that it fetched, by which further workers start. */
  | { id: 0; kind: "compiled"; module: WebAssembly.Module }
  /** Something broke outside a call: the worker is finished. */
  | { id: 0; kind: "crashed"; message: string }
>;

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

/** How to follow a call and to cancel it. */
export type Following = Required<Pick<ExplainOptions, "onProgress" | "signal">>;

/** The settings of an explanation. */
export type Asked = Omit<ExplainOptions, keyof Following>;

/** A network that the worker is to load. */
export interface Weights {
  /** The name of its file or repository: some networks are recognised only by it. */
  readonly called: string;
  /** One file, or the parts of one. */
  readonly weights: readonly Blob[];
  /** The configuration files beside them. */
  readonly configs: readonly { readonly text: string }[];
  /** Facts that tensors don't contain, as set by a person. */
  readonly reading: Pick<CreateOptions, Exclude<Fact["name"], "fit">>;
  /** The prefix of the network's tensor names, if the file holds several networks. */
  readonly network?: string | undefined;
}

/** The ground truth of a drawn bird's picture, as masks. */
export type Truth = Pick<Bird, "whole" | "deciding" | "tag">;

export interface Pixels extends Plain {
  readonly truth?: Truth | undefined;
}

/** How much of the positive relevance lies on a known mask; shares from 0 to 1. */
export interface Mass {
  readonly on: keyof Truth;
  /** The mask's share of the area, which is what a uniform map would have. */
  readonly area: number;
  /** For the whole map and for the filtered one; undefined if nothing is positive. */
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
  /** By how much the explained value falls when the bird is drawn without it. */
  readonly loss: number;
}

/** Each visible part's importance, in the map and for the network. */
export interface Parted {
  readonly parts: readonly PartValue[];
  /** Spearman's correlation of the two, −1 to 1; undefined if all are equal. */
  readonly correlation: number | undefined;
}

/** A boundary with its diverging colours, scaled to its own maximum. */
export interface Layer extends Boundary {
  readonly colours: Uint8ClampedArray<ArrayBuffer>;
}

/** A channel of a layer with its map's diverging colours, and the map itself if it was asked for. */
export interface Concept extends Omit<Found, "map">, Partial<Pick<Found, "map">> {
  readonly colours: Uint8ClampedArray<ArrayBuffer>;
}

/** An explanation with its colours; relevance per channel stays in the worker, because the page doesn't read it. */
export interface Explained extends Omit<Explanation, "relevance"> {
  readonly boundaries: Layer[];
  readonly device: Info["device"];
  /** The magnitude shown in full colour; larger values look the same. */
  readonly scale: number;
  readonly diverging: Uint8ClampedArray<ArrayBuffer>;
  readonly overlay: Uint8ClampedArray<ArrayBuffer>;
  /** The diverging colours from the scale's lower end to its upper, `LEGEND` of them. */
  readonly legend: Uint8ClampedArray<ArrayBuffer>;
  /** The picture as the network got it, four bytes per pixel. */
  readonly seen: Uint8ClampedArray<ArrayBuffer>;
  /** Empty if the ground truth is not known. */
  readonly masses: readonly Mass[];
  /** How well the largest region agrees with the bird; absent if either is unknown. */
  readonly fit?: RegionFit | undefined;
}

export const LEGEND = 65;

/** The pictures at every point of a map's insertion and deletion curves, four bytes per pixel. */
export type Film = Readonly<Record<"insertion" | "deletion", readonly Uint8ClampedArray<ArrayBuffer>[]>>;

/** A camera's frame, which is transferred to the worker and closed there. */
export type Frame = VideoFrame | ImageBitmap;

/** The short answer about a camera's frame, small enough for many per second. */
export interface Glimpse {
  readonly target: number;
  /** The most probable classes with their probabilities, in falling order. */
  readonly top: readonly { readonly index: number; readonly probability: number }[];
  /** The filtered map's colours, four bytes per pixel. */
  readonly overlay: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** The part of the frame that the colours cover, as shares of its width and height. */
  readonly crop: Crop;
  /** The time it took, resizing included. */
  readonly milliseconds: number;
}

/** A call about a picture; `pixels` is absent if they are those of the previous call. */
interface OnPicture {
  pixels?: Pixels;
  fit: Asked["fit"];
}

/** A call about a map of a picture. */
interface OnMap extends OnPicture {
  map: Float32Array;
  judge: Plan;
}

/** The calls from a page to the worker, and their answers. */
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
   * `side` is the side of the square that the network sees, if it accepts another one than its own: the map comes sooner,
   * and is coarser. Later questions about the picture use the network's own side. `scores` are RISE's, of all masks.
   */
  explain: {
    ask: { pixels?: Pixels; side?: number; options: Asked; scores?: Float32Array };
    answer: { kind: "explained"; explained: Explained };
  };
  /** RISE's scores for some of its masks. */
  score: {
    ask: { pixels?: Pixels; options: Asked; first: number; count: number };
    answer: { kind: "scored"; scores: Float32Array };
  };
  /** The relevance per channel of the picture, channels·H·W; the map, H·W, if the method gives only a map. */
  relevance: {
    ask: { pixels?: Pixels; options: Asked };
    answer: { kind: "related"; relevance: Float32Array };
  };
  /**
   * Explains a camera's frame, and keeps the current picture. `side` is the side of the square that the network sees, if it
   * accepts another one than its own.
   */
  glimpse: {
    ask: { frame: Frame; side?: number | undefined; options: Asked };
    answer: { kind: "glimpsed"; glimpse: Glimpse };
  };
  /** The channels of a layer with the most relevance for the class. */
  concepts: {
    ask: { pixels?: Pixels; layer: string; options: Asked; top?: number; maps?: boolean };
    answer: { kind: "found"; concepts: readonly Concept[] };
  };
  /** Each class's probability with some channels of a layer set to 0. */
  without: {
    ask: OnPicture & { layer: string; channels: readonly number[] };
    answer: { kind: "silenced"; probabilities: Float32Array };
  };
  /** The importance of a drawn bird's parts, in a map and for the network. */
  parted: {
    ask: OnPicture & {
      bird: BirdOptions & Pick<Bird, "species" | "seed">;
      map: Float32Array;
      target: number;
      against: Asked["against"];
    };
    answer: { kind: "parted"; parted: Parted };
  };
  /** How many masks RISE can run in about a minute. */
  measure: { ask: OnPicture; answer: { kind: "measured"; masks: number } };
  /** Insertion and deletion of a map. */
  judge: { ask: OnMap & { target: number }; answer: { kind: "judged"; curves: Faithfulness } };
  /** The picture at every point of a map's curves. */
  film: { ask: OnMap & { points: number }; answer: { kind: "filmed"; film: Film } };
  /** Applies another filter to a map. */
  refilter: {
    ask: Pick<Explained, "map" | "width" | "height"> & { filter: Asked["filter"]; truth: Truth | undefined };
    answer: {
      kind: "refiltered";
      refiltered: Pick<Explained, keyof Filtered | "overlay" | "masses" | "fit">;
    };
  };
  /** Parses a list of class names. */
  labels: { ask: { bytes: Uint8Array }; answer: { kind: "labelled"; names: readonly string[] } };
  /** The species that the library can draw, and its methods. */
  catalogue: {
    ask: object;
    answer: { kind: "catalogue"; species: readonly Species[]; methods: readonly MethodInfo[] };
  };
  /** For the test of long sessions: the worker's memory. */
  memory: { ask: object; answer: { kind: "remembered"; memory: Memory | undefined } };
  draw: {
    ask: { bird: BirdOptions & Pick<Bird, "species" | "seed"> };
    answer: { kind: "drawn"; bird: Bird };
  };
}

/** The wasm's address, its bytes, or the compiled module. */
export type Wasm = string | Uint8Array<ArrayBuffer> | WebAssembly.Module;

export type Kind = keyof Calls;
export type Ask<K extends Kind> = Calls[K]["ask"];
export type Answer<K extends Kind> = Calls[K]["answer"];

export type CallOf<K extends Kind> = {
  [P in K]: Readonly<Ask<P>> & { readonly id: number; readonly kind: P };
}[K];

/**
 * Page to worker. Only one call at a time may need the network; others run beside it. `stop` ends the call with its
 * number at its next step.
 */
export type Call =
  | CallOf<Kind>
  | { readonly id: number; readonly kind: "stop" }
  /** The library is wanted soon. Its wasm comes through the port, compiled; or `undefined`, where the page got none. */
  | { readonly id: 0; readonly kind: "begin"; readonly wasm: MessagePort }
  /** Before any call: the wasm or its address, if it is not beside the library. */
  | { readonly id: 0; readonly kind: "wasm"; readonly wasm: Wasm };

/** Worker to page. */
export type Reply = Readonly<
  | ({ id: number } & Answer<Kind>)
  | { id: number; kind: "progress"; done: number; total: number; what: string }
  | { id: number; kind: "failed"; name: string; what: Sentence }
  /** The first message: the worker was fetched and started. */
  | { id: 0; kind: "here" }
  /** The module that it compiled, with which further workers start. */
  | { id: 0; kind: "compiled"; module: WebAssembly.Module }
  /** Something broke outside a call; the worker can't be used any more. */
  | { id: 0; kind: "crashed"; message: string }
>;

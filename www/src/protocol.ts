import type {
  Bird,
  BirdOptions,
  Boundary,
  DeviceChoice,
  ExplainOptions,
  Explanation,
  Faithfulness,
  Info,
  Kernels,
  Memory,
  MethodInfo,
  OnProgress,
  Plan,
  Species,
} from "c3lrp";
import type { Source } from "./source";
import type { Sentence } from "./words/library";

/** What a page can ask for; the library's options without its callback and its signal. */
export type Asked = Omit<ExplainOptions, "onProgress" | "signal">;

/** How a call is followed, and called off. */
export interface Following {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** Which bird is to be drawn. */
export interface AskedBird extends BirdOptions {
  readonly species: string;
  readonly seed: number;
}

/** What is known to be where in a drawn bird's picture, as masks. */
export type Truth = Pick<Bird, "whole" | "deciding" | "tag">;

export interface Pixels {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
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

/** A boundary with its diverging colours, each scaled by its own full colour. */
export interface Layer extends Boundary {
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
}

/** What another filter makes of a map that is explained already. */
export type Refiltered = Pick<Explained, "filtered" | "mask" | "fallback" | "overlay" | "masses">;

export const LEGEND = 65;

/** How insertion and deletion are measured; the points are the library's. */
export interface Judge {
  readonly protocol: "paper" | "rise" | "patch";
  readonly ties: NonNullable<Plan["ties"]>;
}

/** A picture at every point of both curves of a map, four bytes a pixel. */
export type Film = Readonly<Record<"insertion" | "deletion", readonly Uint8ClampedArray<ArrayBuffer>[]>>;

/** What the library can draw, and how it can explain. */
export interface Catalogue {
  readonly species: readonly Species[];
  readonly methods: readonly MethodInfo[];
}

/**
 * Page to worker. Of calls that need the network there is one at a time; what needs none goes on beside
 * them, and `stop` ends the call with its number at its next step.
 * `pixels` is absent when they are those of the call before.
 */
export type Call =
  | {
      readonly id: number;
      readonly kind: "create";
      readonly source: Pick<Source, "called" | "weights" | "reading" | "network"> & {
        /** The texts of what lies beside the weights. */
        readonly config: string[];
      };
      readonly device: DeviceChoice;
      readonly kernels: Kernels[];
    }
  | { readonly id: number; readonly kind: "explain"; readonly pixels?: Pixels; readonly options: Asked }
  | { readonly id: number; readonly kind: "measure"; readonly pixels?: Pixels; readonly fit: Asked["fit"] }
  | {
      readonly id: number;
      readonly kind: "judge";
      readonly pixels?: Pixels;
      readonly fit: Asked["fit"];
      readonly map: Float32Array;
      readonly target: number;
      readonly judge: Judge;
    }
  | { readonly id: number; readonly kind: "stop" }
  | {
      readonly id: number;
      readonly kind: "film";
      readonly pixels?: Pixels;
      readonly fit: Asked["fit"];
      readonly map: Float32Array;
      readonly points: number;
      readonly judge: Judge;
    }
  | {
      readonly id: number;
      readonly kind: "refilter";
      readonly explained: Pick<Explained, "map" | "width" | "height">;
      readonly filter: Asked["filter"];
      readonly truth: Truth | undefined;
    }
  | { readonly id: number; readonly kind: "labels"; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: "catalogue" }
  /** For long sessions' test: what the worker holds. */
  | { readonly id: number; readonly kind: "memory" }
  | { readonly id: number; readonly kind: "draw"; readonly bird: AskedBird };

/** Worker to page. */
export type Reply =
  | {
      readonly id: number;
      readonly kind: "progress";
      readonly done: number;
      readonly total: number;
      readonly what: string;
    }
  | { readonly id: number; readonly kind: "created"; readonly info: Info }
  | { readonly id: number; readonly kind: "explained"; readonly explained: Explained }
  /** How many masks RISE gets through in about a minute. */
  | { readonly id: number; readonly kind: "measured"; readonly masks: number }
  | { readonly id: number; readonly kind: "judged"; readonly curves: Faithfulness }
  | { readonly id: number; readonly kind: "filmed"; readonly film: Film }
  | { readonly id: number; readonly kind: "refiltered"; readonly refiltered: Refiltered }
  | { readonly id: number; readonly kind: "labelled"; readonly names: readonly string[] }
  | { readonly id: number; readonly kind: "catalogue"; readonly catalogue: Catalogue }
  | { readonly id: number; readonly kind: "drawn"; readonly bird: Bird }
  | { readonly id: number; readonly kind: "remembered"; readonly memory: Memory | undefined }
  | { readonly id: number; readonly kind: "failed"; readonly name: string; readonly sentence: Sentence }
  /** Something broke outside a call: the worker is finished. */
  | { readonly id: 0; readonly kind: "crashed"; readonly message: string };

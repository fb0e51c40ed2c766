/** Where the network runs. `auto`: WebGPU on a real adapter, else the CPU. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** Called as work goes on; `done` and `total` are bytes while loading, steps while explaining. */
export type OnProgress = (done: number, total: number, what: string) => void;

export interface CreateOptions {
  device?: DeviceChoice;
  onProgress?: OnProgress;
}

/** What is loaded, and where it runs. */
export interface Info {
  device: "webgpu" | "cpu";
  /** The adapter's own description; on the CPU, what computes there. */
  adapter: string;
  /** Why this device was taken, as a sentence. */
  reason: string;
  classes: number;
  parameters: number;
  /** Blocks in each stage: ResNet-50 has [3, 4, 6, 3]. */
  depths: number[];
  /** The classes' names, where the weights file carries them. */
  labels?: string[];
}

/** The options of C3 and C1C (method: JSAI 2024, 4Q1-IS-2c-03). */
export interface FilterOptions {
  kind: "c3" | "c1c";
  /** The side of the map that the filter works on; 28, at most 128. */
  size?: number;
  /** What stands out: above the mean (default), above a fraction of the maximum, or by Otsu. */
  threshold?: "mean" | "otsu" | { fraction: number };
  /** Neighbours of a component: 8 (default) or 4. */
  connectivity?: 4 | 8;
  /** Which component is the largest; default "peak". */
  component?: "area" | "peak" | "total";
  /** Which contour is the largest; default "area". */
  contour?: "area" | "peak" | "total";
  /** Whether holes inside the contour belong to its region; default true. */
  filled?: boolean;
}

export interface ExplainOptions {
  /** The class to explain; the most probable one when absent. */
  target?: number;
  start?: "probability" | "logit";
  stabilizer?: "plain" | "signed";
  /** ε of both equations; 1e-6. */
  epsilon?: number;
  filter?: "c3" | "c1c" | "none" | FilterOptions;
  /** How a picture becomes square: the centre crop (default), or all of it with borders. */
  fit?: "crop" | "whole";
  onProgress?: OnProgress;
}

/** A rectangle in the picture's own pixels; it may reach beyond the picture when `fit` is "whole". */
export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Explanation {
  target: number;
  probability: number;
  logits: Float32Array;
  /** Relevance per channel, 3·H·W. */
  relevance: Float32Array;
  /** Relevance summed over the channels, H·W. */
  map: Float32Array;
  /** The map after the filter, H·W. */
  filtered: Float32Array;
  /** 1 where the filter keeps, H·W. */
  mask: Uint8Array;
  width: number;
  height: number;
  /** The part of the picture that the map covers. */
  crop: Crop;
  /** Whether contour and component had nothing in common, so that the component alone was kept. */
  fallback: boolean;
  milliseconds: { forward: number; backward: number; filter: number };
}

/** A kind of bird that `drawBird` draws. Its name is also its label in the models of the birds. */
export interface Species {
  name: string;
  /** The parts by which it differs from its nearest species. */
  deciding: BirdPart[];
  /** The names of its nearest species. */
  nearest: string[];
}

export type BirdPart = "beak" | "crest" | "head" | "body" | "breast" | "wing" | "tail" | "legs" | "eye";

export interface BirdOptions {
  /** Pixels along an edge, 96 to 1024; 224. */
  side?: number;
  /** The species whose coloured tag is planted in a corner; none when absent. */
  tag?: string;
}

/** A picture with the truth about it. Masks have a byte a pixel, 1 where more than half of it shows the part. */
export interface Bird {
  species: string;
  seed: number;
  side: number;
  /** Four bytes a pixel. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The whole bird. */
  whole: Uint8Array<ArrayBuffer>;
  /** The parts by which its species differs from its nearest ones. */
  deciding: Uint8Array<ArrayBuffer>;
  /** Each part that shows. */
  parts: Partial<Record<BirdPart, Uint8Array<ArrayBuffer>>>;
  /** The planted tag, where there is one. */
  tag?: Uint8Array<ArrayBuffer>;
}

/** The colours of a heatmap. */
export type HeatmapStyle = "diverging" | "overlay";

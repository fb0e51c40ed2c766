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

/** The colours of a heatmap. */
export type HeatmapStyle = "diverging" | "overlay";

/** Where the network runs. `auto`: WebGPU on a real adapter, else the CPU. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/**
 * What the library says: a code, which keeps its meaning, what it is said of, and the same in English. The English
 * templates of all codes are in `src/sentences.json`, with `{name}` where a parameter stands; another language has
 * its own. A list's parts are joined by commas, or as `{name:or}` and `{name:semicolon}` say.
 *
 * What is always the same has its code in that list too: `method.NAME.meaning`, `method.NAME.source` and
 * `option.NAME.meaning` of `Explainer.methods`, `adapter.cpu`, and `progress.WORDS` of what `onProgress` is told, its
 * words joined by hyphens.
 */
export interface Sentence {
  code: string;
  params: Record<string, SentenceParam>;
  text: string;
}

/** A number, what is the same in every language, a part that is said in turn, or several of them. */
export type SentenceParam = number | string | Sentence | SentenceParam[];

/**
 * What is thrown is an `Error` with these. `message` is the English text; in another language it is `error.NAME` of
 * the list, whose `{what}` is the sentence of this code and these parameters.
 */
export interface LibraryError extends Error {
  name:
    | "WeightsError"
    | "PictureError"
    | "LabelsError"
    | "OptionsError"
    | "DeviceError"
    | "DeviceLost"
    | "DeviceWrong"
    | "EngineError";
  code: string;
  params: Record<string, SentenceParam>;
}

/** Called as work goes on; `done` and `total` are bytes while loading, steps while explaining. */
export type OnProgress = (done: number, total: number, what: string) => void;

export interface CreateOptions {
  device?: DeviceChoice;
  /**
   * Which kernels compute convolutions on WebGPU. By default each candidate is timed for each shape of a
   * layer, which takes seconds; give back the `info.kernels` of earlier times, of any adapters, to spare
   * that. A candidate's name takes that one throughout, for tests and comparisons.
   */
  kernels?: Kernels[] | Candidate;
  /**
   * The name of the weights' file or repository: a network such as resnetblur50, whose tensors don't tell how it
   * computes, is refused by it.
   */
  name?: string;
  /** Texts of configuration files beside the weights: timm's or transformers' config.json, preprocessor_config.json. */
  config?: string | string[];
  /** Side of the square that the network sees, 32 to 1024. What a file or a configuration says is overruled by options. */
  side?: number;
  /** How a picture becomes a square: a crop at its centre, squeezed, or with borders around all of it. */
  fit?: "crop" | "squash" | "whole";
  /** Share of the shorter side that a crop keeps; 0.875 is 224 of 256. */
  crop?: number;
  /** How pixels between pixels are found. */
  interpolation?: "bilinear" | "bicubic";
  /** Mean of each channel, or of all, of pixels from 0 to 1, in the network's order. */
  mean?: number[];
  /** Standard deviation of each channel, or of all. */
  std?: number[];
  /** The order of the network's channels. */
  order?: "rgb" | "bgr";
  /** Which convolution of a bottleneck has its stride: torchvision's 3×3, or the first 1×1 as in Caffe and Keras. */
  strideIn?: "3x3" | "1x1";
  /** The stride of each stage, 1 or 2. */
  strides?: number[];
  /** The dilation of each stage; it takes the place of the stage's stride unless strides are given. */
  dilations?: number[];
  /** BatchNorm's ε. */
  normEpsilon?: number;
  /**
   * What the outputs mean: classes that exclude each other (softmax), or each by itself (sigmoid), as of a
   * multi-label network. By default what the file's metadata say, else softmax. A network with one output
   * answers no (class 0) or yes (class 1).
   */
  output?: "softmax" | "sigmoid";
  /** The beginning of the tensors' names of the network to take, where the file holds several: `"state_dict_ema."`. */
  network?: string;
  onProgress?: OnProgress;
}

/** Something that a network's tensors don't tell, as it was taken. */
export interface Fact {
  /** The option of `create` that changes it. */
  name: "side" | "fit" | "crop" | "interpolation" | "mean" | "std" | "order" | "output" | "strideIn" | "strides" | "dilations" | "normEpsilon";
  value: number | string | number[];
  /** Who said it; `assumed` where nobody did. */
  origin: "option" | "config" | "file" | "assumed";
  /** The same in words. */
  sentence: string;
  /** The same for other languages. */
  said: Sentence;
}

/** What is loaded, and where it runs. */
export interface Info {
  device: "webgpu" | "cpu";
  /** The adapter's own description; on the CPU, what computes there. */
  adapter: string;
  /** Why this device was taken, as a sentence. */
  reason: string;
  /** The same for other languages. */
  why: Sentence;
  /** What the network is, such as "ResNet-50", with the name that a configuration gives it. */
  architecture: string;
  /** Channels of a picture: 3, or 1 where pictures are turned to grey. */
  channels: 1 | 3;
  /** Side of the square that it sees. */
  side: number;
  /** What its tensors don't tell, as it was taken. */
  facts: Fact[];
  /** Two where the network has one output: no and yes. */
  classes: number;
  output: "softmax" | "sigmoid" | "binary";
  parameters: number;
  /** Blocks in each stage, or convolutions where there are no blocks: ResNet-50 has [3, 4, 6, 3]. */
  depths: number[];
  /** Tensors of the weights file that belong to no layer of the network, and are left out. */
  unused: string[];
  /** Whether it has an attention branch, which the method `abn` needs. */
  attention: boolean;
  /** The classes' names, where the weights file carries them. */
  labels?: string[];
  /** On WebGPU, what was measured to choose the kernels. */
  kernels?: Kernels;
}

/** What an explainer holds, in bytes. */
export interface Memory {
  /** The wasm heap, which never shrinks. */
  heap: number;
  /** On WebGPU, what tensors are in, and what the pools hold for them and for those to come. */
  gpu?: { used: number; reserved: number };
}

/** What can compute convolutions on WebGPU: Burn's kernels, or this library's. */
export type Candidate = "burn" | "tiled";

/** What was measured on an adapter to choose its kernels; plain data, to be stored as it is. */
export interface Kernels {
  edition: number;
  adapter: string;
  layers: {
    direction: "forward" | "vjp";
    geometry: {
      batch: number;
      inputs: number;
      outputs: number;
      groups: number;
      kernel: number;
      stride: number;
      padding: number;
      input: [number, number];
      output: [number, number];
    };
    /** The fastest of those whose results were right. */
    chosen: Candidate;
    milliseconds: [Candidate, number][];
    /** Those that failed or computed something else, with the reason. */
    dropped: [Candidate, string][];
  }[];
}

/** A method as menus show it. */
export interface MethodInfo {
  name: MethodName;
  /** What it does, in a sentence. */
  meaning: string;
  /** Who published it. */
  source: string;
  options: MethodOptionInfo[];
}

export interface MethodOptionInfo {
  name: Exclude<keyof MethodOptions, "name">;
  /** What it decides, in a sentence. */
  meaning: string;
  /** All that it can be; empty for a number in a range. */
  choices: (string | number | boolean)[];
  /** What it is when absent. */
  default: string | number | boolean;
  /** Whether it may be a list as well, with a value for each stage from the pixels to the class. */
  byStage: boolean;
}

export interface ExplainOptions {
  /** The class to explain; the most probable one when absent. */
  target?: number;
  /**
   * What the class is held against: another class, all others alike, or all others by their probability. Red then
   * speaks for the class rather than for them.
   */
  against?: number | "rest" | "softmax";
  /** How the map is made; "c3-lrp". */
  method?: MethodName | MethodOptions;
  /** The method's `start`, where it has one. Red speaks for the class either way. */
  start?: "probability" | "logit";
  /** The method's `stabilizer`, where it has one. */
  stabilizer?: "plain" | "signed";
  /** The method's `epsilon`, where it has one. */
  epsilon?: number | number[];
  filter?: FilterName | FilterOptions;
  /** How a picture becomes square; by default as the network's pictures do. */
  fit?: "crop" | "squash" | "whole";
  onProgress?: OnProgress;
  /**
   * Calls the work off. RISE stops after the masks at hand (on the CPU a forward pass); what is shorter
   * ends where it next hands the thread back.
   */
  signal?: AbortSignal;
}

/** A map after a filter. */
export interface Filtered {
  /** H·W. */
  filtered: Float32Array;
  /** 1 where the filter keeps, H·W. */
  mask: Uint8Array;
  /** Where the filtered map stands out; absent where nothing in it is positive. */
  region?: Region;
  /** Whether contour and component had nothing in common, so that the component alone was kept. */
  fallback: boolean;
}

/**
 * The largest connected region of a map: the pixels above a fifth of its largest value, of which the most touch each
 * other by edges or corners. The box around it is in the map's pixels.
 */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Its pixels. */
  area: number;
  /** 1 in the region, H·W. */
  mask: Uint8Array;
}

/** A rectangle in the picture's own pixels; it may reach beyond the picture when `fit` is "whole". */
export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Relevance between two layers. */
export interface Boundary {
  /** The layer whose output it is of: fc, avgpool, layer4.2 … layer1.0, maxpool, stem; at last input, the picture. */
  name: string;
  /** All of it. Where rules conserve, it is what relevance started as. */
  sum: number;
  /** Summed over the channels, height·width. */
  map: Float32Array;
  width: number;
  height: number;
}

export interface Explanation extends Filtered {
  target: number;
  probability: number;
  /** The class's own logit. Where it is negative, the class has more against it than for it. */
  logit: number;
  /** What the class is held against, as it was asked for. */
  against?: number | "rest" | "softmax";
  /** What is explained: the logit; of a contrast, by how much the class is ahead of the others. */
  margin: number;
  /** The network's outputs. */
  logits: Float32Array;
  /** Each class's probability. */
  probabilities: Float32Array;
  /** Relevance per channel, channels·H·W; the map, H·W, where the method gives a map only (Grad-CAM, RISE, ABN). */
  relevance: Float32Array;
  /** Relevance summed over the channels, H·W. */
  map: Float32Array;
  /** Relevance of each layer's output, from the class down to the picture; empty where the method is no LRP. */
  boundaries: Boundary[];
  width: number;
  height: number;
  /** The part of the picture that the map covers. */
  crop: Crop;
  milliseconds: { forward: number; backward: number; filter: number };
}

/** What `explain` gives is an explanation, and answers for its picture from then on. */
export interface Explained extends Explanation {}

export interface ConceptOptions extends ExplainOptions {
  /** How many channels; 6. */
  top?: number;
}

/** One channel of a layer, for a class. */
export interface Concept {
  /** From 0. */
  channel: number;
  /** Its relevance, summed over places. */
  relevance: number;
  /** Its share of all channels' magnitudes, from −1 to 1. */
  share: number;
  /** What the class owes, by this channel, to each pixel, H·W. The maps of all channels add up to the whole map. */
  map: Float32Array;
}

/** The channels of a layer with most relevance (CRP: Achtibat et al. 2023). */
export interface Concepts {
  layer: string;
  /** Every channel's relevance. */
  channels: Float64Array;
  /** Those with most relevance, the first with the most. */
  concepts: Concept[];
  width: number;
  height: number;
}

/** How insertion and deletion are measured. */
export interface Plan {
  /**
   * What hidden pixels show: the mean colour ("paper", the default: C3-LRP's Equations 5 and 6); on insertion
   * the blurred picture ("rise"); black, in patches ("patch", "patch:16").
   */
  protocol?: "paper" | "rise" | "patch" | `patch:${number}` | `patch:${number}:${number}`;
  /** Whether equal values enter one after the other ("stable", the default) or together. */
  ties?: "stable" | "together";
  /** Points of a curve, both ends counted; 51. */
  points?: number;
}

export interface FaithfulnessOptions extends Plan {
  /** The class whose probability is followed. */
  target: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface FilmOptions extends Plan {
  direction: "insertion" | "deletion";
}

export interface ShownOptions extends Plan {
  direction: "insertion" | "deletion";
  /** The curve's point, from 0. */
  point: number;
}

export interface Curve {
  /** The share of the pixels whose turn has come, point by point. */
  shares: Float32Array;
  /** The class's probability there. */
  probabilities: Float32Array;
  /** The area under the curve, 0 to 1: its score. */
  area: number;
}

/** A map's insertion (high where it is good) and deletion (low where it is good). */
export interface Faithfulness {
  insertion: Curve;
  deletion: Curve;
  /** Insertion score − deletion score. */
  id: number;
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
  /** Parts that are left out; nothing else changes. */
  without?: BirdPart[];
  /** For a part the name of the species whose shape and colours it has instead; nothing else changes. */
  swap?: Partial<Record<BirdPart, string>>;
  /** Objects of the scene that are left out, by their places in the bird's `objects`; nothing else changes. */
  withoutObjects?: number[];
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
  /**
   * The objects of the scene: distractors, the perch where the bird doesn't fly, and leaves in front of it. All 0 where
   * one is hidden, or was left out.
   */
  objects: Uint8Array<ArrayBuffer>[];
  /** The planted tag, where there is one. */
  tag?: Uint8Array<ArrayBuffer>;
}

/** The colours of a heatmap. */
export type HeatmapStyle = "diverging" | "overlay";

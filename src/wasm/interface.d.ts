/** The device to run on. `auto`: WebGPU on a real adapter, otherwise the CPU. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/**
 * A message: a code, which never changes its meaning, its parameters, and the English text. The English templates of
 * all codes are in `src/sentences.json`, with `{name}` for a parameter; another language has templates of its own. The
 * items of a list are joined by commas, or by "or" with `{name:or}`, or by semicolons with `{name:semicolon}`.
 *
 * Fixed texts have codes in that list too: `method.NAME.meaning`, `method.NAME.source` and `option.NAME.meaning` for
 * `Explainer.methods`, `adapter.cpu`, and `progress.WORDS` for the steps that `onProgress` receives, with their words
 * joined by hyphens.
 */
export interface Sentence {
  code: string;
  params: Record<string, SentenceParam>;
  text: string;
}

/** A number, a text that is the same in every language, another message, or a list of these. */
export type SentenceParam = number | string | Sentence | SentenceParam[];

/**
 * The library throws `Error`s with these fields. `message` is the English text. In another language it is the template
 * `error.NAME`, whose `{what}` is the message with this code and these parameters.
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

/** Receives the progress of work; `done` and `total` are bytes while loading, and steps while explaining. */
export type OnProgress = (done: number, total: number, what: string) => void;

export interface CreateOptions {
  device?: DeviceChoice;
  /**
   * Which kernels compute convolutions on WebGPU. By default each candidate is timed for each shape of a layer, which
   * takes seconds; to skip that, pass in `info.kernels` from earlier times, of any adapters. A candidate's name forces
   * that candidate for all layers, for tests and comparisons.
   */
  kernels?: Kernels[] | Candidate;
  /**
   * The name of the weights' file or repository. Some networks, such as resnetblur50, can only be recognised by their
   * name, and are refused because they compute something that their tensors don't tell.
   */
  name?: string;
  /**
   * The texts of configuration files that belong to the weights: timm's or transformers' config.json,
   * preprocessor_config.json.
   */
  config?: string | string[];
  /**
   * Side of the square that the network sees, 32 to 1024 pixels. This and the options below take precedence over the
   * file and the configurations.
   */
  side?: number;
  /** How a picture becomes a square: cropped at its centre, squeezed, or whole with borders. */
  fit?: "crop" | "squash" | "whole";
  /** Share of the shorter side that a crop keeps; 0.875 is 224 of 256. */
  crop?: number;
  /** How pixels are interpolated when a picture is resized. */
  interpolation?: "bilinear" | "bicubic";
  /** Mean of the channels, for pixels from 0 to 1: one number for all, or three in the network's channel order. */
  mean?: number[];
  /** Standard deviation of the channels: one number for all, or three. */
  std?: number[];
  /** The order of the network's channels. */
  order?: "rgb" | "bgr";
  /**
   * Which convolution of a bottleneck has the stride: the 3×3 as in torchvision, or the first 1×1 as in Caffe and
   * Keras.
   */
  strideIn?: "3x3" | "1x1";
  /** The stride of each stage, 1 or 2. */
  strides?: number[];
  /** The dilation of each stage; it replaces the stage's stride unless strides are given. */
  dilations?: number[];
  /** BatchNorm's ε. */
  normEpsilon?: number;
  /**
   * What the outputs mean: classes that exclude each other (softmax), or independent ones (sigmoid), as in a
   * multi-label network. By default what the file or a configuration says, otherwise softmax. A network with one output
   * answers no (class 0) or yes (class 1).
   */
  output?: "softmax" | "sigmoid";
  /**
   * If the file holds several networks: how the names of the chosen one's tensors begin, such as `"state_dict_ema."`.
   */
  network?: string;
  onProgress?: OnProgress;
}

/** A fact that a network's tensors don't contain, and the value that it was given. */
export interface Fact {
  /** The option of `create` that changes it. */
  name: "side" | "fit" | "crop" | "interpolation" | "mean" | "std" | "order" | "output" | "strideIn" | "strides" | "dilations" | "normEpsilon";
  value: number | string | number[];
  /** Its source; `assumed` if it was not given. */
  origin: "option" | "config" | "file" | "assumed";
  /** The fact as an English sentence. */
  sentence: string;
  /** The fact as a message that can be translated. */
  said: Sentence;
}

/** What is loaded, and the device that it runs on. */
export interface Info {
  device: "webgpu" | "cpu";
  /** The adapter's own description; on the CPU, how the CPU is used. */
  adapter: string;
  /** Why this device was chosen, as an English sentence. */
  reason: string;
  /** The reason as a message that can be translated. */
  why: Sentence;
  /** The network's title, such as "ResNet-50", with the name that a configuration gives it. */
  architecture: string;
  /** Number of channels of a picture: 3, or 1 if pictures are turned to grey. */
  channels: 1 | 3;
  /** Side in pixels of the square that the network sees. */
  side: number;
  /** Facts that its tensors don't contain, with their values and sources. */
  facts: Fact[];
  /** Number of classes; two for a network with one output: no and yes. */
  classes: number;
  output: "softmax" | "sigmoid" | "binary";
  parameters: number;
  /** Number of blocks in each stage, or of convolutions if there are no blocks: ResNet-50 has [3, 4, 6, 3]. */
  depths: number[];
  /** Tensors of the weights file that belong to no layer of the network; they are ignored. */
  unused: string[];
  /** Whether the network has an attention branch, which the method `abn` needs. */
  attention: boolean;
  /** The classes' names, if the weights file has them. */
  labels?: string[];
  /** On WebGPU, the measurements that the kernels were chosen by. */
  kernels?: Kernels;
}

/** How much memory an explainer uses, in bytes. */
export interface Memory {
  /** The wasm heap; it never shrinks. */
  heap: number;
  /** On WebGPU: the memory of all tensors, and what the pools reserve for these and future ones. */
  gpu?: { used: number; reserved: number };
}

/** A set of kernels for convolutions on WebGPU: Burn's, or this library's, with tiles for a GPU or for a software adapter. */
export type Candidate = "burn" | "tiled" | "wide";

/** The measurements that an adapter's kernels were chosen by; plain data, to be stored as it is. */
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
    /** The fastest candidate whose results were right. */
    chosen: Candidate;
    milliseconds: [Candidate, number][];
    /** How long the CPU took for the same, in milliseconds. */
    cpu: number;
    /** The candidates that failed or computed something wrong, with the reason. */
    dropped: [Candidate, string][];
  }[];
}

/** A method, described for menus. */
export interface MethodInfo {
  name: MethodName;
  /** What it does, in a sentence. */
  meaning: string;
  /** The publication. */
  source: string;
  options: MethodOptionInfo[];
}

export interface MethodOptionInfo {
  name: Exclude<keyof MethodOptions, "name">;
  /** What it decides, in a sentence. */
  meaning: string;
  /** All possible values; empty for a number in a range. */
  choices: (string | number | boolean)[];
  /** The value when it is absent. */
  default: string | number | boolean;
  /** Whether it may also be a list, with a value for each stage from the pixels to the class. */
  byStage: boolean;
}

export interface ExplainOptions {
  /** The class to explain, counted from 0; by default the most probable one. */
  target?: number;
  /**
   * What the class is set against: another class, all others equally weighted, or all others weighted by their
   * probability. Red then speaks for the class rather than for them.
   */
  against?: number | "rest" | "softmax";
  /** The method; by default "c3-lrp". */
  method?: MethodName | MethodOptions;
  /** The method's option `start`, if it has one. Red speaks for the class either way. */
  start?: "probability" | "logit";
  /** The method's option `stabilizer`, if it has one. */
  stabilizer?: "plain" | "signed";
  /** The method's option `epsilon`, if it has one. */
  epsilon?: number | number[];
  filter?: FilterName | FilterOptions;
  /** How the picture becomes a square; by default as the network expects. */
  fit?: "crop" | "squash" | "whole";
  onProgress?: OnProgress;
  /**
   * Cancels the work. RISE stops after the masks that are running (on the CPU a forward pass); shorter work stops the
   * next time that it hands the thread back.
   */
  signal?: AbortSignal;
}

/** A map after a filter. */
export interface Filtered {
  /** The filtered map, H·W. */
  filtered: Float32Array;
  /** 1 where the filter keeps the map and 0 elsewhere, H·W. */
  mask: Uint8Array;
  /** The largest region in which the filtered map stands out; absent if no value is positive. */
  region?: Region;
  /** Whether contour and component didn't overlap, so that the component alone was kept. */
  fallback: boolean;
}

/**
 * The largest connected region of a map: of the pixels above a fifth of the map's largest value, the largest component,
 * connected by edges or corners. The box around it is in the map's pixels.
 */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Number of pixels in the region. */
  area: number;
  /** 1 inside the region and 0 elsewhere, H·W. */
  mask: Uint8Array;
}

/** A rectangle in the picture's own pixels; with the fit "whole" it may reach beyond the picture. */
export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The relevance of one layer's output. */
export interface Boundary {
  /** The layer's name: fc, avgpool, layer4.2 … layer1.0, maxpool, stem; the last one is input, the picture. */
  name: string;
  /** Sum of the relevance. As far as the rules conserve relevance, it equals the start. */
  sum: number;
  /** Relevance summed over the channels, height·width. */
  map: Float32Array;
  width: number;
  height: number;
}

export interface Explanation extends Filtered {
  target: number;
  probability: number;
  /** The class's own logit. If it is negative, there is more against the class than for it. */
  logit: number;
  /** What the class is set against; absent for the class alone. */
  against?: number | "rest" | "softmax";
  /** The value that is explained: the logit, or for a contrast, by how much the class is ahead of the others. */
  margin: number;
  /** All outputs of the network. */
  logits: Float32Array;
  /** Each class's probability. */
  probabilities: Float32Array;
  /** Relevance per channel, channels·H·W; if the method gives only a map (Grad-CAM, RISE, ABN), the map, H·W. */
  relevance: Float32Array;
  /** Relevance summed over the channels, H·W. */
  map: Float32Array;
  /** The relevance of each layer's output, from the class to the picture; empty if the method is not LRP. */
  boundaries: Boundary[];
  width: number;
  height: number;
  /** The part of the picture that the map covers. */
  crop: Crop;
  milliseconds: { forward: number; backward: number; filter: number };
}

/** The result of `explain`: an explanation that also answers further questions about its picture. */
export interface Explained extends Explanation {}

export interface ConceptOptions extends ExplainOptions {
  /** Number of channels; by default 6. */
  top?: number;
}

/** One channel of a layer, for a class. */
export interface Concept {
  /** The channel's index, from 0. */
  channel: number;
  /** Its relevance, summed over all places. */
  relevance: number;
  /** Its relevance as a share of the sum of all channels' magnitudes, from −1 to 1. */
  share: number;
  /**
   * The relevance that reaches each pixel through this channel, H·W. The maps of all channels add up to the whole map.
   */
  map: Float32Array;
}

/** The channels of a layer with the most relevance (CRP: Achtibat et al. 2023). */
export interface Concepts {
  layer: string;
  /** Every channel's relevance. */
  channels: Float64Array;
  /** The channels with the most relevance, in descending order. */
  concepts: Concept[];
  width: number;
  height: number;
}

/** How insertion and deletion are measured. */
export interface Plan {
  /**
   * What hidden pixels show: the mean colour ("paper", the default: C3-LRP's Equations 5 and 6); for insertion the
   * blurred picture ("rise"); or black, in patches ("patch", "patch:16").
   */
  protocol?: "paper" | "rise" | "patch" | `patch:${number}` | `patch:${number}:${number}`;
  /** Whether pixels with equal values change one after another ("stable", the default) or together. */
  ties?: "stable" | "together";
  /** Number of points of a curve, including both ends; by default 51. */
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
  /** The point of the curve, from 0. */
  point: number;
}

export interface Curve {
  /** The share of pixels (or patches) that have changed, at each point. */
  shares: Float32Array;
  /** The class's probability at each point. */
  probabilities: Float32Array;
  /** The area under the curve, 0 to 1: the score. */
  area: number;
}

/** A map's insertion (a high score is good) and deletion (a low score is good). */
export interface Faithfulness {
  insertion: Curve;
  deletion: Curve;
  /** Insertion score − deletion score. */
  id: number;
}

/** A species that `drawBird` draws. Its name is also its label in the birds' models. */
export interface Species {
  name: string;
  /** The parts that distinguish it from its nearest species. */
  deciding: BirdPart[];
  /** The names of its nearest species. */
  nearest: string[];
}

export type BirdPart = "beak" | "crest" | "head" | "body" | "breast" | "wing" | "tail" | "legs" | "eye";

export interface BirdOptions {
  /** Side of the picture in pixels, 96 to 1024; by default 224. */
  side?: number;
  /** The species whose coloured tag is planted in a corner; by default there is no tag. */
  tag?: string;
  /** Parts to leave out; nothing else changes. */
  without?: BirdPart[];
  /** For a part, the name of a species whose shape and colours it gets instead; nothing else changes. */
  swap?: Partial<Record<BirdPart, string>>;
  /** Objects of the scene to leave out, by their indices in the bird's `objects`; nothing else changes. */
  withoutObjects?: number[];
}

/**
 * A picture with its ground truth. Masks have one byte per pixel: 1 where more than half of the pixel shows the part.
 */
export interface Bird {
  species: string;
  seed: number;
  side: number;
  /** RGBA, four bytes per pixel, row by row. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The whole bird. */
  whole: Uint8Array<ArrayBuffer>;
  /** The parts that distinguish its species from the nearest ones. */
  deciding: Uint8Array<ArrayBuffer>;
  /** Each visible part. */
  parts: Partial<Record<BirdPart, Uint8Array<ArrayBuffer>>>;
  /**
   * The objects of the scene: distractors, the perch unless the bird flies, and leaves in front of it. A mask is all 0
   * if the object is hidden or was left out.
   */
  objects: Uint8Array<ArrayBuffer>[];
  /** The planted tag, if there is one. */
  tag?: Uint8Array<ArrayBuffer>;
}

/** The colours of a heatmap. */
export type HeatmapStyle = "diverging" | "overlay";

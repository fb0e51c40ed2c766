// Written from the table of options by `c3lrp methods --types`.

/** `c3-lrp` is the default. */
export type MethodName =
  | "c3-lrp"
  | "c3-lrp-calibrated"
  | "c3-lrp-plus"
  | "lrp-splitting"
  | "lrp-epsilon"
  | "lrp-epsilon-plus"
  | "lrp-epsilon-plus-flat"
  | "lrp-alpha2-beta1"
  | "lrp-alpha2-beta1-flat"
  | "lrp-epsilon-gamma-box"
  | "input-x-gradient"
  | "grad-cam"
  | "rise"
  | "abn";

/** A rule of a single layer. */
export type LayerRule =
  | "zero"
  | "epsilon"
  | "gamma"
  | "z-plus"
  | "alpha-beta"
  | "w-square"
  | "flat";

/** A method with its options; `Explainer.methods` tells which it takes and their defaults. */
export interface MethodOptions {
  name: MethodName;
  /** How much relevance the class starts with: its probability, or the size of its logit. Either way red speaks for the class. */
  start?: "probability" | "logit";
  /** How denominators are kept away from zero: z + ε, or z + ε·sign(z). */
  stabilizer?: "plain" | "signed";
  /** The stabilizer's size, above 0. A list has one for each stage, from the pixels to the class. */
  epsilon?: number | number[];
  /** What the stabilizer's size is measured in: as it stands, or in the root mean square of the layer's outputs. */
  epsilonUnit?: "absolute" | "layer";
  /** The linear layer's rule. */
  linear?: "zero" | "epsilon" | "gamma" | "z-plus" | "alpha-beta" | "w-square" | "flat";
  /** Whether the linear layer's denominators include its bias. */
  linearBias?: boolean;
  /** The rule of the first convolution. */
  first?: "zero" | "epsilon" | "gamma" | "z-plus" | "alpha-beta" | "w-square" | "flat" | "z-box";
  /** The γ rule's γ, 0 or more. A list has one for each stage, from the pixels to the class. */
  gamma?: number | number[];
  /** The αβ rule's α, 1 or more; β is α − 1. A list has one for each stage, from the pixels to the class. */
  alpha?: number | number[];
  /** How BatchNorm is treated: merged into its convolution, as a layer of its own, or passing relevance on. */
  norm?: "merged" | "own" | "pass";
  /** How the max-pool is treated: relevance passes to the maximum, the same by Equation 1, or as for a 2×2 average. */
  pool?: "winner" | "equation-1" | "average";
  /** What the first convolution's rule uses as its input. */
  input?: "picture" | "ones";
  /** The rule of the convolutions in blocks. A list has one for each stage, from the pixels to the class. */
  convolution?: "zero" | "epsilon" | "gamma" | "z-plus" | "alpha-beta" | "w-square" | "flat" | ("zero" | "epsilon" | "gamma" | "z-plus" | "alpha-beta" | "w-square" | "flat")[];
  /** How relevance is split between a block and its skip: by signed contribution, in halves, or by magnitude. */
  addition?: "normalised" | "symmetric" | "ratio";
  /** Whether skips without a projection get relevance in a symmetric or ratio split; if not, the block gets all of it. */
  identitySkips?: boolean;
  /** The stage whose channels are weighted; 4 is the last one. */
  stage?: 1 | 2 | 3 | 4;
  /** How many masks; each costs a forward pass. */
  masks?: number;
  /** Cells along an edge of a mask. */
  grid?: number;
  /** The probability that a cell is kept. */
  keep?: number;
  /** The seed of the masks' random numbers. */
  seed?: number;
}

/** The map is kept where the largest contour and the largest component agree (Doublet et al., JSAI 2024). */
export interface C3FilterOptions {
  kind: "c3";
  /** The side of the map that the filter works on. The default is 28. */
  size?: number;
  /** What stands out: above the mean, by Otsu, or above a fraction of the maximum. The default is mean. */
  threshold?: "mean" | "otsu" | { fraction: number };
  /** Neighbours of a component. The default is 8. */
  connectivity?: 4 | 8;
  /** Which component is the largest. The default is peak. */
  component?: "area" | "peak" | "total";
  /** Which contour is the largest. The default is area. */
  contour?: "area" | "peak" | "total";
  /** Whether holes inside the contour belong to its region. The default is true. */
  filled?: boolean;
}

/** The map is kept on its largest component. */
export interface C1cFilterOptions {
  kind: "c1c";
  /** The side of the map that the filter works on. The default is 28. */
  size?: number;
  /** What stands out: above the mean, by Otsu, or above a fraction of the maximum. The default is mean. */
  threshold?: "mean" | "otsu" | { fraction: number };
  /** Neighbours of a component. The default is 8. */
  connectivity?: 4 | 8;
  /** Which component is the largest. The default is peak. */
  component?: "area" | "peak" | "total";
}

/** Each value is lowered to the nearest of equally spaced levels (Otsuki et al., ECCV 2024). */
export interface HeatQuantizationFilterOptions {
  kind: "heat-quantization";
  /** How many levels there are from the map's minimum to its maximum. The default is 8. */
  levels?: number;
}

/** The map as it is. */
export interface NoneFilterOptions {
  kind: "none";
}

/** A filter with its options. */
export type FilterOptions =
  | C3FilterOptions
  | C1cFilterOptions
  | HeatQuantizationFilterOptions
  | NoneFilterOptions;

/** A filter's name. */
export type FilterName =
  | "c3"
  | "c1c"
  | "heat-quantization"
  | "none";

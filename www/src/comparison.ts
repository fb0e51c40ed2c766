import type { MethodName } from "c3lrp";
import { PRESETS } from "./presets";

/** The comparison of methods for the explained picture and class. */
export interface Comparison {
  readonly open: boolean;
  readonly picked: readonly MethodName[];
  readonly shows: "relevance" | "overlay";
  /** Whether all maps share one colour scale. */
  readonly common: boolean;
  /** The number of RISE's masks; absent for as many as take about a minute. */
  readonly masks?: number | undefined;
  /** The key of the answer for which RISE was requested: it takes a minute, so it runs only on request. */
  readonly rise?: string | undefined;
  /** Whether the rest is cancelled. */
  readonly halted: boolean;
}

/** The comparison as the page opens. */
export const FIRST_COMPARISON: Comparison = {
  open: false,
  picked: [PRESETS.measured.method.name, PRESETS.published.method.name, "grad-cam", "input-x-gradient"],
  shows: "relevance",
  common: false,
  halted: false,
};

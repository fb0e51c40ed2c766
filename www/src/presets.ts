import type { Settings } from "./question";

/** The name of a method with a filter. */
export type Preset = "measured" | "published";

/** The settings of each preset. The page opens with the first: docs/evaluation.md says why. */
export const PRESETS: Readonly<Record<Preset, Pick<Settings, "method" | "filter">>> = {
  measured: { method: { name: "lrp-epsilon-gamma-box" }, filter: "c3" },
  published: { method: { name: "c3-lrp" }, filter: "c3" },
};

/** The preset that matches settings; undefined if none does. */
export const presetOf = ({ method, filter }: Settings): Preset | undefined =>
  (Object.keys(PRESETS) as Preset[]).find(
    (name) =>
      PRESETS[name].method.name === method.name &&
      PRESETS[name].filter === filter &&
      Object.keys(method).length === 1,
  );

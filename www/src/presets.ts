import type { Settings } from "./question";

/** A method with a filter, by a name. */
export type Preset = "measured" | "published";

/** What each preset sets. The first is what the page opens with: docs/evaluation.md says why. */
export const PRESETS: Readonly<Record<Preset, Pick<Settings, "method" | "filter">>> = {
  measured: { method: { name: "lrp-epsilon-plus" }, filter: "c3" },
  published: { method: { name: "c3-lrp" }, filter: "c3" },
};

/** The preset that settings are; undefined where a person chose otherwise. */
export const presetOf = ({ method, filter }: Settings): Preset | undefined =>
  (Object.keys(PRESETS) as Preset[]).find(
    (name) =>
      PRESETS[name].method.name === method.name &&
      PRESETS[name].filter === filter &&
      Object.keys(method).length === 1,
  );

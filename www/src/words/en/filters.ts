import type { FilterName } from "c3lrp";

/** What is said of a filter. */
interface FilterWords {
  /** Its name in the menu. */
  readonly title: string;
  /** What it does, under the menu. */
  readonly does: string;
  /** The same for the page's explanation of all filters. */
  readonly explained: string;
  /** What it did to the maps side by side. */
  readonly maps: string;
  /** The heading of the evidence that is left after it. */
  readonly left: string;
}

/** What is said of each filter, in the order of the menu. */
export const filters: Readonly<Record<FilterName, FilterWords>> = {
  c3: {
    title: "C3",
    does: "C3 keeps the region where the map's largest contour and its main connected part overlap.",
    explained:
      "C3 (Contour and Component Choice) keeps one region of the map: where its largest contour and its main connected part overlap. " +
      "The scattered rest is dropped.",
    maps: "The maps are filtered by C3.",
    left: "in what C3 keeps",
  },
  c1c: {
    title: "C1C",
    does: "C1C keeps the map's main connected part.",
    explained: "C1C keeps the connected part alone.",
    maps: "The maps are filtered by C1C.",
    left: "in what C1C keeps",
  },
  "heat-quantization": {
    title: "Levels",
    does: "Every value is rounded down to one of eight levels.",
    explained: "Levels keeps everything, in eight steps.",
    maps: "The maps are shown at eight levels.",
    left: "at eight levels",
  },
  none: {
    title: "None",
    does: "No filter: everything that speaks for the class.",
    explained: "None leaves the map as it is.",
    maps: "The maps are not filtered.",
    left: "with no filter",
  },
};

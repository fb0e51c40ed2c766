import type { Formats } from "../formats";

/** The menu of what can be saved, and the report that it saves. */
export const saving = (f: Formats) => ({
  open: "Save",
  pictures: "To look at",
  numbers: "To work with",
  formats: {
    both: "Both figures, side by side",
    over: "The picture with its overlay",
    map: "The map alone",
    report: "A report",
    arrays: "All numbers",
    record: "Scores and settings",
    comparison: "The compared methods",
  },
  /** What kind of file each is. */
  kinds: {
    both: "PNG",
    over: "PNG",
    map: "PNG",
    report: "HTML",
    arrays: "NPZ",
    record: "JSON",
    comparison: "CSV",
  },
  stays: "Files are made on this device, and go nowhere else.",
  report: {
    title: (at: { name: string; share: number }): string => `Why ${at.name}, ${f.percent(at.share)}`,
    classes: "The five most probable classes",
    scores: "Scores",
    logit: "Logit of the class",
    start: "Relevance at the start",
    arrived: "Relevance that reaches the pixels",
    insertion: "Insertion (high is good)",
    deletion: "Deletion (low is good)",
    region: "Largest region",
    box: (at: { x: number; y: number; width: number; height: number }): string =>
      `${f.count(at.width)} × ${f.count(at.height)} pixels of the map, from ${f.count(at.x)}, ${f.count(at.y)}`,
    overlap: "Its overlap with the bird",
    overlaps: (at: { mask: number; box: number }): string =>
      `${f.percent(at.mask)}; of their boxes ${f.percent(at.box)}`,
    settings: "How it was made",
    method: "Method",
    filter: "Filter",
    picture: "Picture",
    network: "Network",
    device: "Computed on",
    foot: (software: string): string => `Made by ${software} in a browser.`,
  },
});

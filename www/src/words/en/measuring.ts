import type { BirdPart } from "c3lrp";
import type { Formats } from "../formats";

/** Methods side by side, and how faithful their maps are. */
export const measuring = (f: Formats) => ({
  /** Between sentences. */
  gap: " ",
  /** Maps that are made without the picture. */
  baselines: { uniform: "Uniform", gaussian: "Gaussian" },
  byDefault: (method: string) => `${method}, by default`,
  whyNot: { attention: "this network has no attention branch; load Birds, with attention" },

  comparison: {
    title: "Compare methods",
    about: "Explain the same picture and class in several ways.",
    open: "Compare",
    close: "Close",
    picks: "Two to six methods",
    missing: (method: string, reason: string) => `${method}: ${reason}.`,
    shows: "Show",
    show: { relevance: "All relevance", overlay: "Over the picture" },
    goOn: "Go on",
    cards: "Methods, side by side",
    defaults: "Every method runs with its default settings. Each map has a colour scale of its own.",
    scalesWhy: "How the maps are coloured",
    scales: "Methods measure in different units, so compare where the colours are, not how strong they look.",
    scale: {
      relevance:
        "In each map, full colour begins at the 99.5th percentile of |relevance|: 99.5 % of the pixels are at or below it.",
      overlay: "In each map, full colour is the largest value that the filter keeps.",
    },
    forward: (time: string) =>
      `The forward pass took ${time} and serves all methods. Only RISE runs a new one for every mask.`,
    even: (bird: string, parts: string) =>
      `A map spread evenly would have ${bird} on the bird and ${parts} on the parts that decide.`,
  },

  card: {
    source: (source: string) => `${source.charAt(0).toUpperCase()}${source.slice(1)}.`,
    relevance: (method: string) => `${method}, all relevance`,
    overlay: (method: string) => `${method}, over the picture`,
    answer: "Waiting for the explanation above.",
    slow: "This takes about a minute. Press Run to start.",
    off: "Cancelled.",
    next: "Up next.",
    time: "Time",
    reaches: "Reaches pixels",
    whole: "On the bird",
    deciding: (parts: readonly BirdPart[]) => `On its ${f.list(parts)}`,
    tag: "On the tag",
    nothing: "–",
    use: "Use this method",
    used: "Shown above",
  },

  rise: {
    masks: "Masks for RISE",
    run: "Run",
    runRise: "Run RISE",
    unknown: "It runs as many masks as fit into a minute.",
    minute: (masks: number) => `${f.count(masks)} masks take about a minute here.`,
    chosen: (masks: number) => `You chose ${f.count(masks)} masks.`,
    wrong: (most: number) => `Masks must be a whole number from 1 to ${f.count(most)}, such as 8000.`,
  },

  judging: {
    title: "How faithful is this map?",
    about: "Does the network really use what the map shows?",
    open: "Measure",
    close: "Close",
    insertion:
      "Insertion: the picture starts hidden, and its pixels come back, most relevant first. If the map is faithful, the class's probability rises early.",
    deletion:
      "Deletion: pixels are taken away in the same order. If the map is faithful, the probability falls early.",
    protocol: "Protocol",
    protocols: { paper: "C3-LRP paper", rise: "RISE", patch: "Lab's patches" },
    hidden: {
      paper: "Hidden pixels show the mean colour, as in the C3-LRP paper (Equations 5 and 6).",
      rise: "Insertion starts from the blurred picture. On deletion, hidden pixels show the mean colour.",
      patch: "Hidden pixels are black. Patches are single pixels, as in the lab's released code.",
    },
    ties: "Equal values",
    tie: { stable: "one by one", together: "together" },
    equal: (share: string, map: string) => `${share} of the pixels in ${map} have the same value.`,
    order: {
      stable: "Pixels of equal value are taken one by one, row by row.",
      together: "Pixels of equal value are taken all at once. This favours maps that keep little.",
    },
    baselines: "Add two baseline maps",
    baselinesAbout: "What these maps are",
    baselinesWhy:
      "These maps are made without looking at the picture. Uniform is the same everywhere. Gaussian is strongest in the middle, where things often are. A good map should beat both.",
    goOn: "Go on",
    work: (map: string, work: string) => `${map}: ${work}`,
  },

  scores: {
    caption: (protocol: string, equal: string) => `Areas under the curves: ${protocol}, ${equal}`,
    equal: { stable: "equal values one by one", together: "equal values together" },
    map: "Map",
    insertion: "Insertion",
    deletion: "Deletion",
    id: "ID",
    difference: "insertion − deletion",
    higher: "higher is better",
    lower: "lower is better",
    peak: "Peak on the bird",
    best: " (best)",
    blank: "The filter removed everything, so there is no order to measure.",
    yes: "yes",
    no: "no",
    nothing: "–",
    points: (points: number) => `${points} points per curve.`,
    fair: "Only compare scores that were measured with the same settings.",
    more: "Open the comparison above to measure its methods too.",
  },

  curves: {
    insertion: {
      title: "Insertion: pixels come back",
      axis: (name: string) => `Probability of ${name}, by pixels shown`,
      shot: (share: string, map: string) => `with ${share} of the pixels shown, in the order of ${map}`,
    },
    deletion: {
      title: "Deletion: pixels are taken away",
      axis: (name: string) => `Probability of ${name}, by pixels hidden`,
      shot: (share: string, map: string) => `with ${share} of the pixels hidden, in the order of ${map}`,
    },
    chart: (title: string) => `${title}. The areas under the curves are in the table of scores.`,
    theClass: "the class",
    answer: (probability: string, name: string) => `${probability} ${name}`,
    noOrder: "No order, so no pictures.",
    pixels: "Pixels",
    ofPixels: (share: string) => `${share} of the pixels`,
  },

  gallery: {
    title: "Twenty species",
    hint: "Pick one to draw a new bird of it and explain it.",
  },
});

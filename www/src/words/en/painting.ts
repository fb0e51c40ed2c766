import type { Formats } from "../formats";

/** The picture that is painted over. */
export const painting = (f: Formats) => ({
  title: "Paint over the picture",
  open: "Paint over it",
  close: "Done painting",
  about: "Cover parts of the picture and watch the answer and the map follow.",
  with: "Paint with",
  fills: { mean: "Mean colour", blur: "Blur", other: "Another picture" },
  lookalike: (species: string): string => `Of a ${species} in the same pose, unless you choose another.`,
  noOther: "No other picture yet.",
  waits: "It is being drawn…",
  chooseOther: "Choose a picture",
  otherFile: "Picture to paint with",
  red: "Paint where the map is red",
  strong: "Paint where the map is strong",
  undo: "Undo",
  redo: "Redo",
  clear: "Clear",
  untouched: "Show untouched",
  size: "The brush's width, as a share of the picture",
  smaller: "Smaller brush",
  larger: "Larger brush",
  course: ({ name, from, to, steps }: { name: string; from: number; to: number; steps: number }): string =>
    `The probability of ${name}: from ${f.percent(from)} to ${f.percent(to)} in ${f.count(steps)} steps`,
  went: ({ name, from, to }: { name: string; from: number; to: number }): string =>
    `${name}: ${f.percent(from)} → ${f.percent(to)}`,
  says: ({ name, share }: { name: string; share: number }): string =>
    `The network now says ${name}, ${f.percent(share)}.`,
  firstLook: ({ side, own }: { side: number; own: number }): string =>
    `While you paint, the network looks with ${side} × ${side} pixels, which is quicker; then with its own ${own} × ${own}.`,
  keys: "Wheel or [ ] for the size · Ctrl+Z and Ctrl+Shift+Z · hold O for the untouched picture",
  brush:
    "The picture, to be painted over. Arrow keys move the brush, with Shift further. Hold the space bar to paint. Square brackets size the brush.",
});

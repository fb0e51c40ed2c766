import type { Formats } from "../formats";

/** Looking at the figures more closely, and in other colours. */
export const closer = (f: Formats) => ({
  title: "Look closer",
  larger: "Larger",
  smaller: "Smaller",
  whole: (zoom: number): string => `Shown at ${f.percent(zoom)}. Show all of it`,
  keys: "Ctrl with the wheel, two fingers or a double click zoom; drag to move. Keys: + − 0",
  beforeAfter: "Before and after",
  wipe: "The picture alone on the left, with the map on the right",
  colours: "Colours",
  scales: { "red-blue": "Red and blue", "orange-purple": "Orange and purple", lightness: "Dark to light" },
  legend: {
    "red-blue": "Colours: blue is against the class, white is nothing, red is for it",
    "orange-purple": "Colours: purple is against the class, white is nothing, orange is for it",
    lightness: "Colours: dark is against the class, grey is nothing, light yellow is for it",
  },
  /** Under the figures in a saved file. */
  saved: {
    "red-blue": "red for, blue against",
    "orange-purple": "orange for, purple against",
    lightness: "light for, dark against",
  },
  limit: (full: number): string => `full colour at ±${f.figure(full)}`,
  offline: { ready: "Ready to work offline.", newer: "A new version is here.", reload: "Reload" },
  common: "One colour scale for all maps",
  commonWord:
    "All maps share one colour scale, that of the strongest. Maps in smaller units look pale, and may show nothing at all.",
});

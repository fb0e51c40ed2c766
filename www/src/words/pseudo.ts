import type { Catalogue } from "./en";

const [PLAIN, ACCENTED] = ["aeioucnyAEIOUCN", "àéíöûçñýÀÉÍÖÛÇÑ"];

/** English with accents, in brackets: text without them on the page is missing from the catalogue. */
export const accents = (text: string): string =>
  text === "" ? "" : `⟦${[...text].map((letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter).join("")}⟧`;

/** A catalogue with every text in accents. Everything else stays unchanged. */
export const accented = (catalogue: Catalogue): Catalogue => changed(catalogue) as Catalogue;

function changed(entry: unknown): unknown {
  if (typeof entry === "string") return accents(entry);
  if (typeof entry === "function") return (...given: unknown[]) => changed(entry(...given));
  if (Array.isArray(entry)) return entry.map(changed);
  // An element inside a text is no catalogue; it has a constructor of its own.
  if (typeof entry === "object" && entry !== null && !Object.hasOwn(entry, "constructor")) {
    return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, changed(value)]));
  }
  return entry;
}

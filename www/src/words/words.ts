import { type Catalogue, en } from "./en";
import { type Formats, formats } from "./formats";
import { libraryText, type Sentence } from "./library";

/** The page's languages, by their tags. `qps` is English with accents: it shows untranslated text. */
export const LANGUAGES = ["en", "ja", "qps"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A language for the views: its texts, its number formats, and the library's messages. */
export interface Words {
  readonly language: Language;
  readonly t: Catalogue;
  readonly f: Formats;
  library(sentence: Sentence): string;
}

/** A text in whichever language is current. */
export type Say = (words: Words) => string;

export const english: Words = {
  language: "en",
  t: en(formats("en")),
  f: formats("en"),
  library: ({ text }) => text,
};

/** Loads a language; English is always there. */
export async function loadWords(language: Language): Promise<Words> {
  switch (language) {
    case "en":
      return english;
    case "qps": {
      const { accented, accents } = await import("./pseudo");
      return { ...english, language, t: accented(english.t), library: ({ text }) => accents(text) };
    }
    case "ja": {
      const [{ ja }, library] = await Promise.all([import("./ja"), import("./library.ja")]);
      const f = formats("ja");
      return { language, f, t: ja(f), library: (sentence) => libraryText("ja", library.ja, sentence) };
    }
    default:
      return language satisfies never;
  }
}

const KEY = "c3lrp-language";

/** The chosen language, or the first of the browser's languages that the page has. */
export function firstLanguage(): Language {
  const known = (tag: string | null): Language | undefined =>
    LANGUAGES.find((language) => tag === language || tag?.startsWith(`${language}-`));
  const browsers = navigator.languages.map(known).find((language) => language !== undefined);
  return known(stored()) ?? browsers ?? "en";
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden.
    return null;
  }
}

/** Keeps a choice for the next visit, if the browser allows it. */
export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Then the browser's language is used again next time.
  }
}

/** What an element says. */
export interface ElementWords {
  readonly drop: string;
  readonly loading: string;
  readonly explaining: string;
  readonly map: string;
  /** A class without a name, by its number from 0. */
  readonly unnamed: (target: number) => string;
  readonly found: (label: string, probability: string) => string;
}

const WORDS: { readonly en: ElementWords; readonly ja: ElementWords } = {
  en: {
    drop: "Drop a picture here, or choose one",
    loading: "Loading the network …",
    explaining: "Explaining …",
    map: "Heatmap",
    unnamed: (target) => `Class ${target}`,
    found: (label, probability) => `${label}, ${probability}`,
  },
  ja: {
    drop: "ここに画像をドロップするか、選んでください",
    loading: "ネットワークを読み込んでいます…",
    explaining: "説明を計算しています…",
    map: "ヒートマップ",
    unnamed: (target) => `クラス ${target}`,
    found: (label, probability) => `${label}（${probability}）`,
  },
};

/** An element's words, in the language that it is in. */
export const wordsOf = (lang: string): ElementWords => (/^ja\b/i.test(lang) ? WORDS.ja : WORDS.en);

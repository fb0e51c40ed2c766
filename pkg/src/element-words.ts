/** The texts of an element. */
export interface ElementWords {
  readonly drop: string;
  readonly loading: string;
  readonly explaining: string;
  readonly map: string;
  /** The name of an unnamed class, by its number from 0. */
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

/** An element's texts in its own language. */
export const wordsOf = (lang: string): ElementWords => (/^ja\b/i.test(lang) ? WORDS.ja : WORDS.en);

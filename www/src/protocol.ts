import type { DeviceChoice, ExplainOptions, Explanation, Info } from "c3lrp";

/** What a page can ask for; the library's options without its callback. */
export type Asked = Omit<ExplainOptions, "onProgress">;

export interface Pixels {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** An explanation with its colours; relevance per channel stays in the worker, nobody here reads it. */
export interface Explained extends Omit<Explanation, "relevance"> {
  readonly device: Info["device"];
  /** The magnitude that the diverging colours show in full; it and all beyond look alike. */
  readonly scale: number;
  readonly diverging: Uint8ClampedArray<ArrayBuffer>;
  readonly overlay: Uint8ClampedArray<ArrayBuffer>;
  /** The diverging colours from the scale's lower end to its upper, `LEGEND` of them. */
  readonly legend: Uint8ClampedArray<ArrayBuffer>;
}

export const LEGEND = 65;

/** Page to worker, one at a time. `pixels` is absent when they are those of the call before. */
export type Call =
  | { readonly id: number; readonly kind: "create"; readonly weights: Blob; readonly device: DeviceChoice }
  | { readonly id: number; readonly kind: "explain"; readonly pixels?: Pixels; readonly options: Asked };

/** Worker to page. */
export type Reply =
  | {
      readonly id: number;
      readonly kind: "progress";
      readonly done: number;
      readonly total: number;
      readonly what: string;
    }
  | { readonly id: number; readonly kind: "created"; readonly info: Info }
  | { readonly id: number; readonly kind: "explained"; readonly explained: Explained }
  | { readonly id: number; readonly kind: "failed"; readonly name: string; readonly message: string }
  /** Something broke outside a call: the worker is finished. */
  | { readonly id: 0; readonly kind: "crashed"; readonly message: string };

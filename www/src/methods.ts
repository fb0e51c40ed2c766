import type { Info, MethodInfo, MethodName, MethodOptions } from "c3lrp";
import type { Say, Words } from "./words/words";

const TITLES: Readonly<Record<MethodName, string>> = {
  "c3-lrp": "C3-LRP",
  "c3-lrp-calibrated": "C3-LRP, calibrated",
  "c3-lrp-plus": "C3-LRP⁺",
  "lrp-splitting": "LRP splitting",
  "lrp-epsilon": "LRP-ε",
  "lrp-epsilon-plus": "LRP-εz⁺",
  "lrp-epsilon-plus-flat": "LRP-εz⁺ flat",
  "lrp-alpha2-beta1": "LRP-α2β1",
  "lrp-alpha2-beta1-flat": "LRP-α2β1 flat",
  "lrp-epsilon-gamma-box": "LRP-εγ box",
  "input-x-gradient": "Input × Gradient",
  "grad-cam": "Grad-CAM",
  rise: "RISE",
  abn: "ABN attention",
};

/** Every method by the library's name. */
export const METHODS = Object.keys(TITLES) as MethodName[];

/** What a method is called on the page. */
export const methodTitle = (name: MethodName): string => TITLES[name];

/** What the library says of a method, in the language that is read. */
export function methodWords(words: Words, { name, ...texts }: MethodInfo) {
  const told = (what: "meaning" | "source"): string =>
    words.library({ code: `method.${name}.${what}`, params: {}, text: texts[what] });
  return { meaning: told("meaning"), source: told("source") };
}

/** Why this network can't be explained by a method; undefined where it can. */
export const whyNot = (name: MethodName, info: Info | undefined): Say | undefined =>
  name === "abn" && info?.attention === false ? ({ t }) => t.measuring.whyNot.attention : undefined;

/** Methods that need little first: a walk through all layers takes longer than a gradient, and RISE a minute. */
export function cost({ options }: MethodInfo): number {
  const names = options.map(({ name }) => name);
  return names.includes("masks") ? 2 : names.includes("epsilon") ? 1 : 0;
}

/** Whether the page is to choose how many masks RISE takes. */
export const wantsMasks = ({ name, masks }: MethodOptions): boolean => name === "rise" && masks === undefined;

/** What a method on a card is asked for: its defaults, but for a number of masks that was chosen there. */
export const cardOptions = (
  { masks }: { readonly masks?: number | undefined },
  name: MethodName,
): MethodOptions => (name === "rise" && masks !== undefined ? { name, masks } : { name });

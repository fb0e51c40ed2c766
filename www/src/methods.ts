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

/** A method's title on the page. */
export const methodTitle = (name: MethodName): string => TITLES[name];

/** The library's texts about a method, in the page's language. */
export function methodWords(words: Words, { name, ...texts }: MethodInfo) {
  const told = (what: "meaning" | "source"): string =>
    words.library({ code: `method.${name}.${what}`, params: {}, text: texts[what] });
  return { meaning: told("meaning"), source: told("source") };
}

/** Why a method can't explain this network; undefined if it can. */
export const whyNot = (name: MethodName, info: Info | undefined): Say | undefined =>
  name === "abn" && info?.attention === false ? ({ t }) => t.measuring.whyNot.attention : undefined;

/** A rank by cost, cheap methods first: LRP takes longer than a gradient, and RISE a minute. */
export function cost({ options }: MethodInfo): number {
  const names = options.map(({ name }) => name);
  return names.includes("masks") ? 2 : names.includes("epsilon") ? 1 : 0;
}

/** Whether the page chooses the number of RISE's masks. */
export const wantsMasks = ({ name, masks }: MethodOptions): boolean => name === "rise" && masks === undefined;

/** A card's method options: the defaults, except for a chosen number of masks. */
export const cardOptions = (
  { masks }: { readonly masks?: number | undefined },
  name: MethodName,
): MethodOptions => (name === "rise" && masks !== undefined ? { name, masks } : { name });

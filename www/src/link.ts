import type { BirdPart, FilterName, MethodName, MethodOptions } from "c3lrp";
import { ORDER, type Tag } from "./bird";
import type { Comparison } from "./comparison";
import type { CurveSettings } from "./judgement";
import { METHODS } from "./methods";
import { type Against, FILTERS, type Fit } from "./question";
import { samples } from "./samples";

/** Stands for a person's own picture or network, which is never in a link. */
export const OWN = "own";

/** Everything of a view that can be in a link; absent properties are as the page opens. */
export interface View {
  /** A drawn bird, by its species, its seed and its removed parts. */
  readonly species?: string | undefined;
  readonly seed?: number | undefined;
  readonly without?: readonly BirdPart[] | undefined;
  /** The tag that birds wear in the lesson. */
  readonly tag?: Tag | undefined;
  /** A photograph that comes with the page, by its file's name. */
  readonly sample?: string | undefined;
  /** Set if the picture is a person's own. */
  readonly photo?: typeof OWN | undefined;
  /** The network by its entry's id, or that it is a person's own. */
  readonly network?: string | undefined;
  /** Whether a network of drawn birds answers for a photograph. */
  readonly anyway?: true | undefined;
  readonly target?: number | undefined;
  readonly against?: Against | undefined;
  readonly method?: MethodOptions | undefined;
  readonly filter?: FilterName | undefined;
  readonly fit?: Fit | undefined;
  readonly layer?: string | undefined;
  readonly channel?: number | undefined;
  readonly off?: readonly number[] | undefined;
  /** The map's opacity in hundredths. */
  readonly opacity?: number | undefined;
  readonly outlines?: true | undefined;
  /** Open sections; for the comparison, its methods. */
  readonly parting?: true | undefined;
  readonly compare?: readonly MethodName[] | undefined;
  readonly shows?: Comparison["shows"] | undefined;
  /** Whether the maps side by side share one scale. */
  readonly common?: true | undefined;
  readonly masks?: number | undefined;
  readonly judge?: CurveSettings["protocol"] | undefined;
  readonly ties?: CurveSettings["ties"] | undefined;
  readonly baselines?: true | undefined;
  readonly chosen?: string | undefined;
  readonly point?: number | undefined;
}

/** A view from a link, and the names of properties that this page doesn't know. */
export interface Link {
  readonly view: View;
  readonly left: readonly string[];
}

/** The part of a link that can't be shown yet. */
export interface Arriving extends Link {
  /**
   * What it waits for: its picture and network, so that a class can be asked for; an answer, so that a layer can
   * be shown; or a person's own picture, which no link contains.
   */
  readonly until: "asked" | "answered" | "photo";
}

/** How a property is written and read; the text to read may come from anybody. */
interface Form<T> {
  readonly write: (value: T) => string;
  /** Undefined for an invalid value. */
  readonly read: (text: string) => T | undefined;
}

const text = (like: RegExp): Form<string> => ({
  write: (value) => value,
  read: (text) => (like.test(text) ? text : undefined),
});

const oneOf = <T extends string>(known: readonly T[]): Form<T> => ({
  write: (value) => value,
  read: (text) => known.find((one) => one === text),
});

const yes: Form<true> = { write: () => "yes", read: (text) => (text === "yes" ? true : undefined) };

const whole = (most: number): Form<number> => ({
  write: String,
  read: (text) => (/^\d{1,16}$/.test(text) && Number(text) <= most ? Number(text) : undefined),
});

/** A list of values; invalid if one value is, or if there are too many. */
const list = <T extends string | number>({ write, read }: Form<T>, most: number): Form<readonly T[]> => ({
  write: (values) => values.map(write).join(","),
  read: (text) => {
    const values = text === "" ? [] : text.split(",").map(read);
    const known = values.filter((value) => value !== undefined);
    const clear = known.length === values.length && new Set(known).size === known.length;
    return clear && known.length <= most ? known : undefined;
  },
});

const CLASSES = 1e6;
const rest = oneOf(["rest"]);
const index = whole(CLASSES);
const against: Form<Against> = { write: String, read: (text) => rest.read(text) ?? index.read(text) };

/** A method, followed by the options that differ from their defaults: `lrp-epsilon,epsilon:1,linear:zero`. */
const method: Form<MethodOptions> = {
  write: ({ name, ...options }) =>
    [name, ...Object.entries(options).map(([option, value]) => `${option}:${value}`)].join(","),
  read: (text) => {
    const [called, ...rest] = text.split(",");
    const name = METHODS.find((name) => name === called);
    const pairs = rest.map((pair) => /^([A-Za-z]{1,30}):([\w.+-]{1,40})$/.exec(pair));
    if (!name || pairs.some((pair) => pair === null)) return undefined;
    const options = pairs.map((pair) => [pair?.[1], optionOf(pair?.[2] ?? "")] as const);
    // Whether the method has such options is checked with the library's table, once that is loaded.
    return { name, ...Object.fromEntries(options.filter(([option]) => option !== "name")) };
  },
};

function optionOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Every property of a view, by its name in a link. */
const FORMS: { readonly [K in keyof View]-?: Form<NonNullable<View[K]>> } = {
  species: text(/^[\p{L} '’-]{1,60}$/u),
  seed: whole(Number.MAX_SAFE_INTEGER),
  without: list(oneOf(ORDER), ORDER.length),
  tag: oneOf(["own", "none", "other"]),
  sample: oneOf(samples.map(({ file }) => file)),
  photo: oneOf([OWN]),
  network: text(/^[^\p{C}\s]{1,500}$/u),
  anyway: yes,
  target: index,
  against,
  method,
  filter: oneOf(FILTERS),
  fit: oneOf(["crop", "squash", "whole"]),
  layer: text(/^[\w.]{1,40}$/),
  channel: whole(CLASSES),
  off: list(whole(CLASSES), 100),
  opacity: whole(100),
  outlines: yes,
  parting: yes,
  compare: list(oneOf(METHODS), METHODS.length),
  shows: oneOf(["relevance", "overlay"]),
  common: yes,
  masks: whole(CLASSES),
  judge: oneOf(["paper", "rise", "patch"]),
  ties: oneOf(["stable", "together"]),
  baselines: yes,
  chosen: text(/^[\w/-]{1,60}$/),
  point: whole(1000),
};

const NAMES = Object.keys(FORMS) as (keyof View)[];

/** No page writes a longer link. */
const LONGEST = 4000;

/** A view as the fragment of an address, without its #: `v=1&species=…`. Equal views have equal fragments. */
export function writeLink(view: View): string {
  const said = (name: keyof View): string[] => {
    const value = view[name];
    if (value === undefined) return [];
    // The table pairs each property with the form of its values, but the compiler can't follow that here.
    return [`${name}=${readable(FORMS[name].write(value as never))}`];
  };
  return ["v=1", ...NAMES.flatMap(said)].join("&");
}

/** Encodes a text for an address, with as few percent-codes as possible. */
const readable = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%2F", "/");

/** The view of a fragment, with or without its #; undefined if it is no link of this page. Never throws. */
export function readLink(fragment: string): Link | undefined {
  const said = new URLSearchParams(fragment.replace(/^#/, "").slice(0, LONGEST));
  if (!said.has("v")) return undefined;
  const left = fragment.length > LONGEST ? ["…"] : [];
  if (said.get("v") !== "1") left.push("v");
  let view: View = {};
  for (const name of new Set(said.keys())) {
    const known = NAMES.find((one) => one === name);
    const value = known && FORMS[known].read(said.get(name) ?? "");
    if (known && value !== undefined) view = { ...view, [known]: value };
    else if (name !== "v") left.push(known ?? name.replace(/[^\w-]/g, "").slice(0, 20));
  }
  return { view: onePicture(view), left: left.slice(0, 6) };
}

/** Keeps one picture, the one that is described best. */
function onePicture(view: View): View {
  const { species, seed, without, sample, photo, ...others } = view;
  if (photo) return { ...others, photo };
  if (sample !== undefined) return { ...others, sample };
  return species === undefined || seed === undefined ? others : view;
}

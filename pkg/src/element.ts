import type { DeviceChoice, FilterName, FilterOptions, MethodName, MethodOptions } from "../c3lrp.js";
import { ElementView } from "./element-view.js";
import { type ElementWords, wordsOf } from "./element-words.js";
import type { Explainer } from "./explainer.js";
import type { ExplainOptions, Explanation } from "./explanation.js";
import type { LoadOptions } from "./load.js";
import type { Overlay } from "./overlay.js";
import type { Progress } from "./progress.js";
import { type Share, share } from "./shared.js";

export type { Explainer } from "./explainer.js";
export type { Explanation } from "./explanation.js";
export type { LoadOptions } from "./load.js";

/** The element's attributes, which are properties of the same names too. */
const NAMES = ["weights", "method", "filter", "target", "against", "device", "labels"] as const;
type Name = (typeof NAMES)[number];

/** Options of `load` for all elements, besides their own: `worker`, `wasm`, `integrity` and so on. */
export const defaults: Omit<LoadOptions, "signal" | "onProgress" | "device" | "labels"> = {};

/** The events of an element, by their names. */
export interface ExplainerEvents {
  /** The picture is explained and its map lies over it; it bubbles. */
  explained: CustomEvent<Explanation>;
  /** Explaining failed; the detail is the error, whose message is shown below the picture. */
  error: CustomEvent<Error>;
}

// On a server there are no elements; there the class can only be imported.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** An image with the address that it shows. */
interface Shown {
  readonly image: HTMLImageElement;
  readonly file: File | undefined;
  /** The image's `src` and `srcset`. */
  readonly address: string;
}

/**
 * `<c3lrp-explainer weights="…">` around an `<img>`: lays the relevance for its class over it. Without an `<img>` it is a
 * place to drop a picture. Elements with the same weights, device and labels share one engine.
 *
 * Style: `::part(frame | picture | overlay | bar | drop | progress | status | toggle)`, and `--c3lrp-opacity`,
 * `--c3lrp-accent`, `--c3lrp-gap`, `--c3lrp-radius`.
 */
export class C3lrpExplainer extends Base {
  static readonly observedAttributes: readonly string[] = NAMES;

  /** Properties that no attribute can hold: files, lists and objects. */
  readonly #given = new Map<Name, unknown>();
  #view: ElementView | undefined;
  #file: File | undefined;
  #due = false;
  /** Whether an explanation is being made. */
  #busy = false;
  #stop = new AbortController();
  #share: Share | undefined;
  #overlay: Overlay | undefined;
  /** The last answer, with its picture and network. */
  #answer: (Shown & { readonly explainer: Explainer; readonly explanation: Explanation }) | undefined;
  #asked: Shown | undefined;
  #children: MutationObserver | undefined;

  /** The network: an address, a file or bytes, as `load` takes them. */
  get weights(): string | URL | Blob | Uint8Array | undefined {
    return this.#get("weights");
  }
  set weights(value: string | URL | Blob | Uint8Array | null | undefined) {
    this.#set("weights", value);
  }

  /** The method; as an attribute a name, or JSON with options. */
  get method(): MethodName | MethodOptions | undefined {
    return this.#get("method");
  }
  set method(value: MethodName | MethodOptions | null | undefined) {
    this.#set("method", value);
  }

  /** The filter; as an attribute a name, or JSON with options. */
  get filter(): FilterName | FilterOptions | undefined {
    return this.#get("filter");
  }
  set filter(value: FilterName | FilterOptions | null | undefined) {
    this.#set("filter", value);
  }

  /** The class to explain, counted from 0; by default the most probable one. */
  get target(): number | undefined {
    return this.#get("target");
  }
  set target(value: number | null | undefined) {
    this.#set("target", value);
  }

  /** What the class is set against: another class, "rest" or "softmax". */
  get against(): ExplainOptions["against"] {
    return this.#get("against");
  }
  set against(value: ExplainOptions["against"] | null) {
    this.#set("against", value);
  }

  /** Where the network runs; by default "auto". */
  get device(): DeviceChoice | undefined {
    return this.#get("device");
  }
  set device(value: DeviceChoice | null | undefined) {
    this.#set("device", value);
  }

  /** The class names, or the address of a file with them. */
  get labels(): LoadOptions["labels"] {
    return this.#get("labels");
  }
  set labels(value: LoadOptions["labels"] | null) {
    this.#set("labels", value);
  }

  /** The last explanation, while its map lies over the picture. */
  get explanation(): Explanation | undefined {
    return this.#overlay && this.#answer?.explanation;
  }

  connectedCallback(): void {
    this.#view ??= new ElementView(this.attachShadow({ mode: "open" }), (file) => this.#take(file));
    // Properties set before the element was defined hide the class's own.
    for (const name of NAMES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this.#set(name, value);
    }
    this.#children ??= new MutationObserver(() => this.#look());
    const attributeFilter = ["src", "srcset"];
    this.#children.observe(this, { childList: true, subtree: true, attributes: true, attributeFilter });
    // An image can change without a change to an attribute.
    this.addEventListener("load", this.#look, true);
    if (!this.#answer) this.#later();
  }

  disconnectedCallback(): void {
    // The element may only have been moved.
    queueMicrotask(() => {
      if (!this.isConnected) this.#leave();
    });
  }

  attributeChangedCallback(name: Name, before: string | null, now: string | null): void {
    if (before === now) return;
    this.#given.delete(name);
    this.#later();
  }

  #get<Value>(name: Name): Value | undefined {
    if (this.#given.has(name)) return this.#given.get(name) as Value;
    const text = this.getAttribute(name);
    return text === null ? undefined : (readAs(name, text) as Value);
  }

  #set(name: Name, value: unknown): void {
    if (typeof value === "object" && value !== null && !(value instanceof URL)) {
      this.#given.set(name, value);
      this.#later();
      return;
    }
    if (this.#given.delete(name)) this.#later();
    if (value === undefined || value === null) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  /** Explains once for all changes made at the same time. */
  #later(): void {
    if (this.#due || !this.isConnected) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) void this.#ask();
    });
  }

  /** Explains again if the picture has changed. */
  readonly #look = (): void => {
    const shown = this.#shown();
    const [image, address] = [this.#asked?.image, this.#asked?.address];
    if (shown?.image !== image || shown?.address !== address) this.#later();
    // A picture that could not be read before may be readable now.
    else if (shown && !this.#overlay && !this.#busy) this.#later();
  };

  #shown(): Shown | undefined {
    const image = this.querySelector("img");
    const own = image ?? (this.#file && this.#view?.picture);
    const address = own && [own.getAttribute("src"), own.getAttribute("srcset")].join(" ");
    if (!own || !address?.trim()) return undefined;
    return { image: own, address, file: image ? undefined : this.#file };
  }

  /** Takes a picture that was dropped or chosen. */
  #take(file: File): void {
    const picture = this.#view?.picture;
    if (!picture) return;
    URL.revokeObjectURL(picture.src);
    this.#file = file;
    Object.assign(picture, { src: URL.createObjectURL(file), alt: file.name, hidden: false });
    this.#later();
  }

  async #ask(): Promise<void> {
    const view = this.#view;
    if (!view) return;
    this.#stop.abort();
    this.#clear();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const words = wordsOf(this.closest<HTMLElement>("[lang]")?.lang ?? "");
    const shown = this.#shown();
    this.#asked = shown;
    view.droppable = !this.querySelector("img");
    if (shown?.file === undefined) view.picture.hidden = true;
    const { weights } = this;
    this.#busy = weights !== undefined && shown !== undefined;
    if (weights === undefined || !shown) {
      view.say(words, "");
      return;
    }
    try {
      const explainer = await this.#loaded(weights, words, signal);
      view.say(words, words.explaining, { busy: true });
      const explanation = await this.#explained(explainer, shown, signal);
      this.#answer = { ...shown, explainer, explanation };
      this.#overlay = explanation.over(shown.image, view.insert);
      view.say(words, said(words, explanation), { map: true });
      this.#tell("explained", explanation, true);
    } catch (error) {
      if (signal.aborted) return;
      const thrown = error instanceof Error ? error : new Error(String(error));
      view.say(words, thrown.message);
      this.#tell("error", thrown, false);
    } finally {
      if (!signal.aborted) this.#busy = false;
    }
  }

  async #loaded(
    weights: string | URL | Blob | Uint8Array,
    words: ElementWords,
    signal: AbortSignal,
  ): Promise<Explainer> {
    const { device, labels } = this;
    const options = {
      ...defaults,
      ...(device === undefined ? {} : { device }),
      ...(labels === undefined ? {} : { labels }),
    };
    const before = this.#share;
    const follow = (progress: Progress): void => {
      if (!signal.aborted) this.#view?.follow(progress);
    };
    this.#view?.say(words, words.loading, { busy: true });
    const own = share(weights, options, follow);
    this.#share = own;
    before?.release();
    const explainer = await own.explainer;
    signal.throwIfAborted();
    return explainer;
  }

  /** Explains; another question about the same picture reuses its explanation. */
  async #explained(explainer: Explainer, shown: Shown, signal: AbortSignal): Promise<Explanation> {
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) this.#view?.follow(progress);
    };
    const { method, filter, target, against } = this;
    const asked = { method, filter, target, against };
    const told = Object.entries(asked).filter(([, value]) => value !== undefined);
    const options: ExplainOptions = { ...Object.fromEntries(told), signal, onProgress };
    const known = this.#answer;
    const same =
      known?.explainer === explainer &&
      known.image === shown.image &&
      known.address === shown.address &&
      known.file === shown.file;
    const explanation = same
      ? await known.explanation.explain(options)
      : await explainer.explain(shown.file ?? shown.image, options);
    signal.throwIfAborted();
    return explanation;
  }

  #tell(name: keyof ExplainerEvents, detail: Explanation | Error, bubbles: boolean): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles, composed: bubbles }));
  }

  #clear(): void {
    this.#overlay?.remove();
    this.#overlay = undefined;
  }

  /** Cancels pending work; the network stays loaded for a while, for the next element. */
  #leave(): void {
    this.#stop.abort();
    this.#clear();
    this.#share?.release();
    this.#share = this.#answer = this.#asked = undefined;
    this.#children?.disconnect();
    this.removeEventListener("load", this.#look, true);
  }
}

/** An attribute's value: a number or JSON if it looks like one. */
function readAs(name: Name, text: string): unknown {
  if (name === "target") return Number(text);
  if (name === "against") return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
  if ((name !== "method" && name !== "filter") || !text.trim().startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    // The library reports what is wrong with it.
    return text;
  }
}

function said(words: ElementWords, { label, target, probability }: Explanation): string {
  const share = probability.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 });
  return words.found(label ?? words.unnamed(target), share);
}

declare global {
  interface HTMLElementTagNameMap {
    "c3lrp-explainer": C3lrpExplainer;
  }
}

if (globalThis.customElements && !customElements.get("c3lrp-explainer"))
  customElements.define("c3lrp-explainer", C3lrpExplainer);

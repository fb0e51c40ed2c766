import type { DeviceChoice, Info } from "c3lrp";
import type { Ranked } from "./classes";
import type { Labels } from "./labels";
import type { ModelEntry } from "./models";
import type { Picture } from "./picture";
import type { Asked, Explained } from "./protocol";
import type { Kept } from "./weights";
import type { MapInWords } from "./words";

/** Work that takes a while, as the status line shows it. */
export interface Work {
  readonly kind: "download" | "load" | "explain";
  /** The library's or the page's word for what is going on. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly since: number;
}

export interface Model {
  readonly name: string;
  readonly weights: Blob;
  readonly info: Info;
}

export interface Result {
  readonly explained: Explained;
  readonly ranked: readonly Ranked[];
  readonly words: MapInWords;
  /** The settings that gave it. */
  readonly filter: Filter;
}

export type Filter = "c3" | "c1c" | "none";

/** What a person can set about an explanation; `target` is absent for the most probable class. */
export interface Settings extends Asked {
  readonly filter: Filter;
  readonly start: "probability" | "logit";
  readonly stabilizer: "plain" | "signed";
  readonly epsilon: number;
  readonly fit: "crop" | "whole";
}

export interface Notice {
  readonly kind: "error" | "word";
  readonly text: string;
}

/** A pixel of the map that is being read off. */
export interface Probe {
  readonly x: number;
  readonly y: number;
}

export interface State {
  readonly entries: readonly ModelEntry[];
  readonly kept: Readonly<Record<string, Kept>>;
  readonly model: Model | undefined;
  /** Whether the cards to choose a model from are shown although one is loaded. */
  readonly choosing: boolean;
  readonly device: DeviceChoice;
  readonly labels: Labels | undefined;
  readonly picture: Picture | undefined;
  readonly settings: Settings;
  readonly work: Work | undefined;
  readonly result: Result | undefined;
  readonly notice: Notice | undefined;
  readonly opacity: number;
  readonly probe: Probe | undefined;
  readonly query: string;
}

export const firstState = (entries: readonly ModelEntry[]): State => ({
  entries,
  kept: {},
  model: undefined,
  choosing: false,
  device: "auto",
  labels: undefined,
  picture: undefined,
  settings: { filter: "c3", start: "probability", stabilizer: "plain", epsilon: 1e-6, fit: "crop" },
  work: undefined,
  result: undefined,
  notice: undefined,
  opacity: 0.75,
  probe: undefined,
  query: "",
});

/** Draws a state on the page. */
export type Render = (state: State) => void;

/** Holds the state; changes made in one go are drawn once. */
export class Store {
  #state: State;
  #queued = false;
  #render: Render = () => {};

  constructor(first: State) {
    this.#state = first;
  }

  get state(): State {
    return this.#state;
  }

  /** Says what draws the state from now on. */
  show(render: Render): void {
    this.#render = render;
    render(this.#state);
  }

  update(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#render(this.#state);
    });
  }
}

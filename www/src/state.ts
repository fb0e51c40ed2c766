import type { Bird, DeviceChoice, Info, Species } from "c3lrp";
import type { Ranked } from "./classes";
import type { Labels } from "./labels";
import { type ModelEntry, taggedBirds } from "./models";
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
  /** The entry that it was chosen by; absent for a person's own file. */
  readonly entry?: ModelEntry | undefined;
}

export interface Result {
  readonly explained: Explained;
  readonly ranked: readonly Ranked[];
  readonly words: MapInWords;
  /** The settings that gave it. */
  readonly filter: Filter;
}

export type Filter = "c3" | "c1c" | "none";

/** The tag that a bird wears in the lesson. */
export type Tag = "own" | "none" | "other";

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
  /** The species of birds that the page can draw; empty until the engine is there. */
  readonly species: readonly Species[];
  /** A small picture of each species, as far as they are drawn. */
  readonly thumbnails: readonly Bird[];
  /** Whether the true parts of a drawn bird are outlined. */
  readonly parts: boolean;
  /** The tag that birds wear in the lesson. */
  readonly tag: Tag;
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
  species: [],
  thumbnails: [],
  parts: false,
  tag: "own",
  settings: { filter: "c3", start: "probability", stabilizer: "plain", epsilon: 1e-6, fit: "crop" },
  work: undefined,
  result: undefined,
  notice: undefined,
  opacity: 0.75,
  probe: undefined,
  query: "",
});

/** Whether the network that is loaded has the drawn birds for its classes. */
export const knowsBirds = ({ species: [first], labels }: State): boolean =>
  first !== undefined && labels?.names.includes(first.name) === true;

/** Whether the network that is loaded is that of the lesson. */
export const inLesson = ({ model }: State): boolean => model?.entry === taggedBirds;

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

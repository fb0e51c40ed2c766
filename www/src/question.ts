import type { FilterName, MethodOptions } from "c3lrp";
import type { Asked } from "c3lrp/client";
import type { Picture } from "./picture";
import { filters } from "./words/en/filters";

/** Every filter by the library's name, in the order of the menu. */
export const FILTERS = Object.keys(filters) as FilterName[];

/** How a picture becomes square. */
export type Fit = NonNullable<Asked["fit"]>;

/** What a class is set against: another one, or all others equally. */
export type Against = number | "rest";

/** A person's settings for an explanation; `target` is absent for the most probable class. */
export interface Settings {
  readonly target?: number;
  /** Absent if the class is explained alone. */
  readonly against?: Against;
  /** Only the options that differ from the defaults. */
  readonly method: MethodOptions;
  readonly filter: FilterName;
  /** Absent for the network's own fit. */
  readonly fit?: Fit;
}

/**
 * Everything that an explanation depends on. The engine gets it, results are kept by it, and the page compares it to see
 * whether the shown answer is still current.
 */
export interface Question extends Settings {
  readonly picture: Picture;
  /** The network's number. */
  readonly network: number;
  /** For a first look: a smaller side of the network's square, at which it answers sooner. */
  readonly side?: number;
}

/** Equal questions have equal keys, in whatever order their options were set. */
export function questionKey(question: Question): string {
  const { picture, network, target, against, method, filter, fit, side } = question;
  const options = Object.entries(method).sort(([a], [b]) => (a < b ? -1 : 1));
  const cut = [fit ?? null, side ?? null];
  return JSON.stringify([network, picture.id, ...cut, target ?? null, against ?? null, options, filter]);
}

/** The key for results about a question's layer. */
export const layerKey = (question: Question, layer: string): string =>
  JSON.stringify([questionKey({ ...question, filter: "none" }), layer]);

/** The question about a picture. A drawn bird is square already, so all of it is used, whatever fit is set. */
export function ask(picture: Picture, network: number, settings: Settings): Question {
  const question = { ...settings, picture, network };
  return picture.bird ? { ...question, fit: "whole" } : question;
}

/** The settings of a question for the engine. */
export const asked = ({ picture: _, network: __, side: ___, ...settings }: Question): Asked => settings;

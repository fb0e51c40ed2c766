import type { Item, Result } from "./batch";
import { labelsOf } from "./current";
import { frameSettings } from "./live";
import type { Settings } from "./question";
import type { State } from "./state";

/** A picture's row in the overview. */
export interface Row {
  readonly item: Item;
  /** The result for the current question; undefined while it is missing. */
  readonly result: Result | undefined;
  /** The class's name, if the picture is explained and the network has names. */
  readonly label: string | undefined;
}

/** How the pictures are explained: with the current settings, each for its most probable class. */
export const batchSettings = ({ settings }: State): Settings => frameSettings(settings);

/** The key of the question about every picture: results of another network or method are not shown. */
export function batchKey(state: State): string {
  const { method, filter, fit } = batchSettings(state);
  const options = Object.entries(method).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([state.network?.id, options, filter, fit ?? null, state.model?.info.device]);
}

/** The overview, a row for each picture in the order in which they came. */
export function rows(state: State): Row[] {
  const key = batchKey(state);
  const names = labelsOf(state)?.names;
  return (state.batch?.items ?? []).map((item) => {
    const result = item.result?.asked === key ? item.result : undefined;
    return { item, result, label: result?.kind === "done" ? names?.[result.target] : undefined };
  });
}

/** The largest number of pictures that are explained at the same time. */
const AT_ONCE = 4;

/** The next pictures to be explained, while they are. */
export const nextItems = (state: State): Item[] =>
  state.batch?.runs
    ? rows(state)
        .filter(({ result }) => result === undefined)
        .slice(0, AT_ONCE)
        .map(({ item }) => item)
    : [];

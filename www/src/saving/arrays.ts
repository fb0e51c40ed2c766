import type { Answer } from "../answer";
import { type NumberArray, npy, npyText } from "./npy";
import type { SavedRecord } from "./record";
import { type Entry, zip } from "./zip";

/** All numbers of an explanation as `.npz`, with its record as the text `about`. docs/files.md has every array. */
export function arraysNpz({ explained }: Answer, record: SavedRecord, relevance: Float32Array): Blob {
  const { width, height, map, filtered, mask, region, logits, probabilities, boundaries } = explained;
  const shape = [height, width];
  const { curves } = record;
  const list = (values: readonly number[]): NumberArray => ({
    values: Float64Array.from(values),
    shape: [values.length],
  });
  const arrays: Readonly<Record<string, NumberArray>> = {
    relevance: { values: relevance, shape: [relevance.length / map.length, ...shape] },
    map: { values: map, shape },
    filtered: { values: filtered, shape },
    mask: { values: mask, shape },
    ...(region ? { region: { values: region.mask, shape } } : {}),
    logits: { values: logits, shape: [logits.length] },
    probabilities: { values: probabilities, shape: [probabilities.length] },
    boundary_sums: list(boundaries.map(({ sum }) => sum)),
    ...Object.fromEntries(
      boundaries.map(({ name, map, width, height }) => [
        `boundary_${name}`,
        { values: map, shape: [height, width] },
      ]),
    ),
    ...(curves
      ? {
          insertion_shares: list(curves.insertion.shares),
          insertion_probabilities: list(curves.insertion.probabilities),
          deletion_shares: list(curves.deletion.shares),
          deletion_probabilities: list(curves.deletion.probabilities),
        }
      : {}),
  };
  const entries = Object.entries(arrays).map(
    ([name, array]): Entry => ({
      name: `${name}.npy`,
      bytes: npy(array),
    }),
  );
  return zip([{ name: "about.npy", bytes: npyText(JSON.stringify(record)) }, ...entries]);
}

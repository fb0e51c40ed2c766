import type { Labels } from "../labels";
import type { Words } from "./words";

/** A class's name, with a question mark if it is a guess. */
export function className({ t }: Words, labels: Labels | undefined, index: number): string {
  const name = labels?.names[index];
  if (name === undefined) return t.work.classNumber(index);
  return labels?.guessed ? `${name}?` : name;
}

import { LibraryError } from "c3lrp/client";
import { saying, UserError } from "./errors";
import type { Words } from "./words/words";

/** The class names, in the order of the network's outputs. */
export interface Labels {
  readonly names: readonly string[];
  /** Their source: the weights file, ImageNet, a guess by the number of classes, or a list with its file's name. */
  readonly from:
    | { readonly kind: "weights" | "imagenet" | "guess" }
    | { readonly kind: "list"; readonly file: string };
  /** Whether they are a guess from the number of classes. */
  readonly guessed?: boolean;
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

/** A class's name, with a question mark if it is a guess. */
export function className({ t }: Words, labels: Labels | undefined, index: number): string {
  const name = labels?.names[index];
  if (name === undefined) return t.work.classNumber(index);
  return labels?.guessed ? `${name}?` : name;
}

/** The largest list of class names in bytes: ImageNet's 21,841 take half a megabyte. */
const MOST_BYTES = 16e6;

/** Reads a dropped list, unless it is too large; the library parses it. */
export async function readLabels(
  file: File,
  parse: (bytes: Uint8Array) => Promise<readonly string[]>,
): Promise<Labels> {
  if (file.size > MOST_BYTES) {
    const large = { name: file.name, bytes: file.size, most: MOST_BYTES };
    throw new UserError(({ t }) => t.errors.labelsFile(large));
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return { names: await parse(bytes), from: { kind: "list", file: file.name } };
  } catch (error) {
    if (!(error instanceof LibraryError && error.name === "LabelsError")) throw error;
    throw new UserError((words) => `“${file.name}”: ${saying(error)(words)}`);
  }
}

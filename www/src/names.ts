import { megabytes, UserError } from "./words";

/** Names of the classes, in the order of the network's outputs. */
export interface Labels {
  readonly names: readonly string[];
  /** Where they come from, as the page says it. */
  readonly from: string;
}

/** A list of more is none of class names: ImageNet's 21,841 take half a megabyte. */
const MOST_BYTES = 16e6;

/** Reads a dropped list, if it is no larger than a list can be. */
export async function readLabels(file: File): Promise<Labels> {
  if (file.size > MOST_BYTES) {
    throw new UserError(
      `“${file.name}” has ${megabytes(file.size)} and a list of class names at most ${megabytes(MOST_BYTES)}. Choose another file.`,
    );
  }
  return parseLabels(await file.text(), file.name);
}

/** Reads a dropped list: a name per line, or JSON as an array or as an object keyed by number or by name. */
export function parseLabels(text: string, name: string): Labels {
  const names = /^\s*[[{]/.test(text) ? fromJson(text, name) : fromLines(text);
  if (names.length === 0) throw new UserError(`“${name}” holds no class names. Write one name per line.`);
  return { names, from: name };
}

/** A name per line. */
export function fromLines(text: string): string[] {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function fromJson(text: string, name: string): string[] {
  const refuse = (): never => {
    throw new UserError(
      `“${name}” is not a list of class names. Use one name per line, or JSON such as ["cat", "dog"] or {"0": "cat"}.`,
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse();
  }
  // {"0": "cat"} and {"0": ["n02123045", "cat"]} are keyed by number, {"cat": 0} by name.
  const word = (item: unknown): string => {
    const name: unknown = Array.isArray(item) ? item.at(-1) : item;
    return typeof name === "string" ? name : refuse();
  };
  if (Array.isArray(value)) return value.map(word);
  const entries = Object.entries(value as object);
  const names = new Map<number, string>();
  for (const [key, item] of entries) {
    if (typeof item === "number") names.set(item, key);
    else names.set(Number(key), word(item));
  }
  // As many numbers as there are names, from 0 on.
  return entries.map((_, index) => names.get(index) ?? refuse());
}

import { megabytes, UserError } from "./words";

/** Names of the classes, in the order of the network's outputs. */
export interface Labels {
  readonly names: readonly string[];
  /** Where they come from, as the page says it. */
  readonly from: string;
  /** Nobody gave them: the number of classes suggests them. */
  readonly guessed?: true;
}

/** A list of more is none of class names: ImageNet's 21,841 take half a megabyte. */
const MOST_BYTES = 16e6;

/** Reads a dropped list, if it is no larger than a list can be; the library parses it. */
export async function readLabels(
  file: File,
  parse: (bytes: Uint8Array) => Promise<readonly string[]>,
): Promise<Labels> {
  if (file.size > MOST_BYTES) {
    throw new UserError(
      `“${file.name}” has ${megabytes(file.size)} and a list of class names at most ${megabytes(MOST_BYTES)}. Choose another file.`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return { names: await parse(bytes), from: `“${file.name}”` };
  } catch (error) {
    if (!(error instanceof Error && error.name === "LabelsError")) throw error;
    throw new UserError(`“${file.name}”: ${error.message}`);
  }
}

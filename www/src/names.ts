import { LibraryError } from "c3lrp/client";
import { saying, UserError } from "./errors";
import type { Labels } from "./labels";

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

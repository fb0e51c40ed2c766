import { Cancelled, UserError } from "./errors";
import type { ModelEntry } from "./models";
import { sizeOf, takeBytes } from "./weights";

/** Fetches a file that comes with the page; the browser's own cache keeps it. */
export async function fetchBundled(
  { title, url }: ModelEntry,
  onBytes: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    await takeBytes(answer, (bytes) => {
      parts.push(bytes);
      done += bytes.length;
      onBytes(done, sizeOf(answer));
    });
    return new Blob(parts);
  } catch {
    if (signal.aborted) throw new Cancelled();
    throw new UserError((words) => words.t.errors.bundled(title(words)));
  }
}

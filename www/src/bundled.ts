import { Cancelled, UserError } from "./errors";
import type { ModelEntry } from "./models";

/** Fetches a file that comes with the page; the browser's own cache keeps it. */
export async function fetchBundled(
  { title, url }: ModelEntry,
  onBytes: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok || !answer.body) throw new Error(answer.statusText);
    // A packed answer's length is that of the packed bytes: of no use here.
    const packed = answer.headers.get("Content-Encoding") !== null;
    const total = packed ? 0 : Number(answer.headers.get("Content-Length") ?? 0);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    const reader = answer.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      done += part.value.length;
      onBytes(done, total);
    }
    return new Blob(parts);
  } catch {
    if (signal.aborted) throw new Cancelled();
    throw new UserError((words) => words.t.errors.bundled(title(words)));
  }
}

import { Cancelled, LibraryError, type Sentence, sentence } from "./errors.js";
import { forgetDownload, type Ledger, readLedger, Shelf } from "./shelf.js";

export interface DownloadEvents {
  onBytes(done: number, total: number): void;
  /** A message on how the download continues, for example that the server cannot resume. */
  onWord(word: Sentence): void;
}

const failed = (what: Sentence): LibraryError => new LibraryError("DownloadError", what);

/** The size that a response states, or zero: with a Content-Encoding it is the compressed length, which is no use here. */
const sizeOf = ({ headers }: Response): number =>
  headers.has("Content-Encoding") ? 0 : Number(headers.get("Content-Length") ?? 0);

/** Reads a response's bytes as they arrive. */
async function takeBytes(
  { body }: Response,
  take: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void,
): Promise<void> {
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) await take(part.value);
  } catch (error) {
    // Nobody takes the rest.
    await reader?.cancel().catch(() => {});
    throw error;
  }
}

async function ask(url: string, options: RequestInit & { signal: AbortSignal }): Promise<Response> {
  return await fetch(url, options).catch(() => {
    if (options.signal.aborted) throw new Cancelled();
    throw failed(sentence("unreachable", { host: new URL(url).host }));
  });
}

const refused = (url: string, answer: Response): LibraryError =>
  failed(sentence("server-answered", { host: new URL(url).host, status: statusOf(answer) }));

/**
 * Fetches a file into memory; only the browser's HTTP cache keeps it. `begun` is the answer to a request for it that was
 * made before.
 */
export async function fetchFile(
  url: string,
  { onBytes }: Pick<DownloadEvents, "onBytes">,
  signal: AbortSignal,
  begun?: Promise<Response>,
): Promise<Blob> {
  const answer = (await begun?.catch(() => undefined)) ?? (await ask(url, { signal }));
  if (!answer.ok) throw refused(url, answer);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const total = sizeOf(answer);
  let bytes = 0;
  const reading = takeBytes(answer, (part) => {
    signal.throwIfAborted();
    parts.push(part);
    bytes += part.length;
    onBytes(bytes, total);
  });
  await reading.catch(() => {
    throw signal.aborted ? new Cancelled() : failed(sentence("broke-off", { bytes, total, kept: 0 }));
  });
  return new Blob(parts);
}

/**
 * Fetches a file, takes it from the shelf, or resumes from what the shelf has. The file is kept in pieces as it
 * arrives, so an interrupted download (or one whose tab was closed) resumes, if the server allows
 * byte ranges. The finished file is one Blob made of the pieces, which the browser holds on disk.
 */
export async function download(url: string, events: DownloadEvents, signal: AbortSignal): Promise<Blob> {
  const none: Ledger = { total: 0, etag: null, pieces: [], complete: false };
  const shelf = new Shelf(url, (await readLedger(url)) ?? none, events.onWord);
  if (shelf.ledger.complete) {
    const file = await shelf.file();
    if (file) return file;
    events.onWord(sentence("kept-lost", {}));
  }
  const answer = await request(shelf, signal);
  const tell = (): void => events.onBytes(shelf.bytes, shelf.ledger.total);
  try {
    tell();
    await takeBytes(answer, async (bytes) => {
      await shelf.put(bytes);
      tell();
    });
  } catch {
    await shelf.flush();
    if (signal.aborted) throw new Cancelled();
    throw brokenOff(shelf);
  }
  await shelf.flush();
  const { total } = shelf.ledger;
  if (total > 0 && shelf.bytes !== total) throw brokenOff(shelf);
  await shelf.finish();
  const file = await shelf.file();
  if (!file) throw brokenOff(shelf);
  return file;
}

const brokenOff = ({ bytes, kept, ledger: { total } }: Shelf): LibraryError =>
  failed(sentence("broke-off", { bytes, total, kept }));

/** Requests the missing bytes, or the whole file if the kept bytes are unusable. */
async function request(shelf: Shelf, signal: AbortSignal): Promise<Response> {
  const { url } = shelf;
  const from = shelf.bytes;
  const get = (headers: HeadersInit = {}): Promise<Response> =>
    ask(url, { headers, signal, cache: "no-store" });

  let answer = await get(from > 0 ? { Range: `bytes=${from}-` } : {});
  if (from > 0 && answer.status === 206 && shelf.fits(answer)) {
    shelf.onWord(sentence("download-resumes", { bytes: from }));
    return answer;
  }
  if (from > 0) {
    const whole = answer.status === 200;
    await shelf.clear();
    shelf.onWord(sentence(whole ? "cannot-resume" : "file-changed", {}));
    if (!whole) answer = await get();
  }
  if (answer.status !== 200) throw refused(url, answer);
  shelf.ledger = { ...shelf.ledger, total: sizeOf(answer), etag: answer.headers.get("ETag") };
  return answer;
}

export const statusOf = ({ status, statusText }: Response): string => `${status} ${statusText}`.trim();

/** Runs a download that no other tab runs at the same time; `wait` is told if another tab has it. */
export async function alone<T>(
  what: string,
  signal: AbortSignal,
  wait: (elsewhere: boolean) => void,
  work: () => Promise<T>,
): Promise<T> {
  const name = `c3lrp-download ${what}`;
  // Locks are missing outside secure contexts, where nothing is kept either.
  if (!("locks" in navigator)) return await work();
  const first = await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && work());
  if (first) return first;
  wait(true);
  const next = (): Promise<T> => {
    wait(false);
    return work();
  };
  return await navigator.locks.request(name, { signal }, next).catch((error: unknown) => {
    throw signal.aborted ? new Cancelled() : error;
  });
}

/** Checks a file against a hash in the form of `<script integrity>`; a kept file that differs is deleted. */
export async function check(file: Blob, integrity: string, name: string, url?: string): Promise<void> {
  const [, bits, hash] = /^sha(256|384|512)-([A-Za-z0-9+/]+={0,2})$/.exec(integrity) ?? [];
  if (!hash) throw failed(sentence("integrity-form", { integrity }));
  if (!("subtle" in crypto)) throw failed(sentence("integrity-insecure", {}));
  const digest = await crypto.subtle.digest(`SHA-${bits}`, await file.arrayBuffer());
  if (btoa(String.fromCharCode(...new Uint8Array(digest))) === hash) return;
  if (url !== undefined) await forgetDownload(url);
  throw failed(sentence("integrity", { name }));
}

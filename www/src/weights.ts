import { Cancelled, UserError } from "./errors";
import type { Repository } from "./hub";
import type { ModelEntry } from "./models";
import type { Say } from "./words/words";

/**
 * Downloads of weights, kept in the browser's Cache Storage.
 *
 * A download is kept in pieces as it comes in, so that one that broke off (or whose tab was closed) goes on
 * where it was, if the server allows byte ranges. The finished file is the pieces put together as one Blob,
 * which the browser holds on disk. Each piece's SHA-256 is noted as it comes in and checked before it is used.
 * What the browser has no room for, or may not keep, lives in memory until the page is closed.
 */
const CACHE = "c3lrp-weights";
const PIECE = 4 * 1024 * 1024;

/** What is kept of one download. */
export interface Kept {
  readonly bytes: number;
  /** Zero while unknown. */
  readonly total: number;
  readonly complete: boolean;
  /** The repository that it is of, as it was then. */
  readonly repository?: Repository;
}

interface Ledger extends Pick<Kept, "total" | "complete"> {
  /** The server's name for this version of the file, where it tells. */
  readonly etag: string | null;
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
}

export interface DownloadEvents {
  onBytes(done: number, total: number): void;
  /** A word about how it goes on, such as "This server cannot resume". */
  onWord(word: Say): void;
}

const sum = (pieces: readonly { readonly bytes: number }[]): number =>
  pieces.reduce((all, { bytes }) => all + bytes, 0);

/** Cache Storage is missing outside secure contexts, and a person may forbid it. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

/** A file's or a piece's SHA-256, in hexadecimal digits. */
export async function sha256(piece: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keys are addresses that are never fetched. */
const keyOf = (name: string): string => `${location.origin}/.kept-weights/${name}`;
const partOf = (url: string, part: number | "ledger"): string => `${encodeURIComponent(url)}/${part}`;

async function fromCache(name: string): Promise<Response | undefined> {
  return await (await openCache())?.match(keyOf(name)).catch(() => undefined);
}

async function toCache(name: string, answer: Response): Promise<void> {
  await (await openCache())?.put(keyOf(name), answer);
}

/** A note beside the weights, if there is one that can be read. */
async function keptNote(name: string): Promise<unknown> {
  return await (await fromCache(name))?.json().catch(() => undefined);
}

/** All notes whose names begin so. */
export async function keptNotes(beginning: string): Promise<unknown[]> {
  const keys = (await (await openCache())?.keys().catch(() => [])) ?? [];
  const names = keys.map(({ url }) => url.slice(keyOf("").length));
  const notes = await Promise.all(names.filter((name) => name.startsWith(beginning)).map(keptNote));
  return notes.filter((note) => note !== undefined);
}

/** Writes a note beside the weights, if the browser lets it. */
export const keepNote = (name: string, note: unknown): Promise<void> =>
  toCache(name, Response.json(note)).catch(() => {});

export async function forgetNote(name: string): Promise<void> {
  await (await openCache())?.delete(keyOf(name));
}

async function readLedger(url: string): Promise<Ledger | undefined> {
  const ledger = (await keptNote(partOf(url, "ledger"))) as Partial<Ledger> | undefined;
  // One that was written without checksums is of no use.
  return ledger?.pieces?.every(({ sha256 }) => sha256) ? (ledger as Ledger) : undefined;
}

/** What is kept of a download, if anything. */
export async function keptDownload(url: string): Promise<Kept | undefined> {
  const ledger = await readLedger(url);
  if (!ledger || ledger.pieces.length === 0) return undefined;
  return { bytes: sum(ledger.pieces), total: ledger.total, complete: ledger.complete };
}

/** Deletes all that is kept of a download. */
export async function forgetDownload(url: string): Promise<void> {
  const ledger = await readLedger(url);
  await forgetNote(partOf(url, "ledger"));
  await Promise.all((ledger?.pieces ?? []).map((_, part) => forgetNote(partOf(url, part))));
}

/** The size that an answer tells, or zero: a Content-Encoding's length is that of the packed bytes, of no use here. */
const sizeOf = ({ headers }: Response): number =>
  headers.has("Content-Encoding") ? 0 : Number(headers.get("Content-Length") ?? 0);

/** Takes an answer's bytes as they come. */
async function takeBytes(
  { body }: Response,
  take: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void,
): Promise<void> {
  const reader = body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) await take(part.value);
}

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

/** Fetches a file, or takes it from the cache, or goes on with what the cache has of it. */
export async function download(url: string, events: DownloadEvents, signal: AbortSignal): Promise<Blob> {
  const none: Ledger = { total: 0, etag: null, pieces: [], complete: false };
  const shelf = new Shelf(url, (await readLedger(url)) ?? none, events.onWord);
  if (shelf.ledger.complete) {
    const file = await shelf.file();
    if (file) return file;
    events.onWord(({ t }) => t.errors.keptLost);
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

function brokenOff({ bytes, kept, ledger: { total } }: Shelf): UserError {
  return new UserError(({ t }) => t.errors.brokeOff({ bytes, total, kept }));
}

/** Asks for what is not here yet, or for the whole file where what is here is of no use. */
async function request(shelf: Shelf, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(shelf.url);
  const from = shelf.bytes;
  const ask = (headers: HeadersInit = {}): Promise<Response> =>
    fetch(shelf.url, { headers, signal, cache: "no-store" }).catch(() => {
      if (signal.aborted) throw new Cancelled();
      throw new UserError(({ t }) => t.errors.unreachable(host));
    });

  let answer = await ask(from > 0 ? { Range: `bytes=${from}-` } : {});
  if (from > 0 && answer.status === 206 && shelf.fits(answer)) {
    shelf.onWord(({ t }) => t.errors.downloadResumes(from));
    return answer;
  }
  if (from > 0) {
    const whole = answer.status === 200;
    await shelf.clear();
    shelf.onWord(({ t }) => (whole ? t.errors.cannotResume : t.errors.fileChanged));
    if (!whole) answer = await ask();
  }
  if (answer.status !== 200) {
    const status = statusOf(answer);
    throw new UserError(({ t }) => t.errors.serverAnswered({ host, status }));
  }
  shelf.ledger = { ...shelf.ledger, total: sizeOf(answer), etag: answer.headers.get("ETag") };
  return answer;
}

export const statusOf = ({ status, statusText }: Response): string => `${status} ${statusText}`.trim();

/** One download's place in the cache, and in memory from where the cache took no more. */
class Shelf {
  /** What came in since the last piece. */
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #tailBytes = 0;
  /** What follows the kept pieces. */
  #memory = new Blob();

  constructor(
    readonly url: string,
    public ledger: Ledger,
    readonly onWord: (word: Say) => void,
  ) {}

  get bytes(): number {
    return this.kept + this.#memory.size + this.#tailBytes;
  }
  /** What a later download can go on from. */
  get kept(): number {
    return sum(this.ledger.pieces);
  }

  /** Whether an answer continues the file that these pieces are of. */
  fits(answer: Response): boolean {
    const { etag, total } = this.ledger;
    const theirs = answer.headers.get("ETag");
    const rest = Number(answer.headers.get("Content-Length") ?? Number.NaN);
    const sameVersion = etag === null || theirs === null || etag === theirs;
    return sameVersion && (total === 0 || Number.isNaN(rest) || this.bytes + rest === total);
  }

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    if (this.#tailBytes >= PIECE) await this.flush();
  }

  /** Keeps what came in since the last piece as a piece of its own. */
  async flush(): Promise<void> {
    if (this.#tailBytes === 0) return;
    const piece = new Blob(this.#tail);
    this.#tail = [];
    this.#tailBytes = 0;
    if (this.#memory.size === 0 && (await this.#keep(piece))) return;
    this.#memory = new Blob([this.#memory, piece]);
  }

  /** Puts a piece in the cache, if that takes it. */
  async #keep(piece: Blob): Promise<boolean> {
    const { url, ledger } = this;
    try {
      const place = partOf(url, ledger.pieces.length);
      await toCache(place, new Response(piece));
      // Some sessions take all and keep nothing.
      if (!(await fromCache(place))) throw new Error("there is no cache, or it forgets");
      const entry = { bytes: piece.size, sha256: await sha256(piece) };
      await this.#write({ ...ledger, pieces: [...ledger.pieces, entry] });
      return true;
    } catch {
      this.onWord(({ t }) => t.errors.noRoom);
      return false;
    }
  }

  /** Notes that all is there; what is in memory alone is gone the next time. */
  async finish(): Promise<void> {
    if (this.#memory.size > 0) return;
    await this.#write({ ...this.ledger, total: this.bytes, complete: true }).catch(() => {});
  }

  async clear(): Promise<void> {
    await forgetDownload(this.url);
    this.ledger = { ...this.ledger, pieces: [], complete: false };
  }

  /** The whole file, each kept piece checked; nothing where the browser has thrown pieces away, which are forgotten then. */
  async file(): Promise<Blob | undefined> {
    const parts: Blob[] = [];
    for (const [part, { bytes, sha256: noted }] of this.ledger.pieces.entries()) {
      const blob = await (await fromCache(partOf(this.url, part)))?.blob();
      if (blob && (await sha256(blob)) === noted) {
        parts.push(blob);
        continue;
      }
      await this.clear();
      if (blob?.size !== bytes) return undefined;
      throw new UserError(({ t }) => t.errors.keptChanged);
    }
    return new Blob([...parts, this.#memory]);
  }

  async #write(ledger: Ledger): Promise<void> {
    await toCache(partOf(this.url, "ledger"), Response.json(ledger));
    this.ledger = ledger;
  }
}

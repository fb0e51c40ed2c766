import { LibraryError, type Sentence, sentence } from "./errors.js";

/**
 * Files that were downloaded, in pieces in the browser's Cache Storage. Each piece's SHA-256 is noted as it comes in
 * and checked before it is used. What the browser has no room for, or may not keep, lives in memory until the page is
 * closed.
 */
const CACHE = "c3lrp-weights";
const PIECE = 4 * 1024 * 1024;

/** What is kept of one download. */
export interface Kept {
  readonly bytes: number;
  /** Zero while unknown. */
  readonly total: number;
  readonly complete: boolean;
}

export interface Ledger extends Pick<Kept, "total" | "complete"> {
  /** The server's name for this version of the file, where it tells. */
  readonly etag: string | null;
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
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

/** The notes of a download, where there are any that can be used. */
export async function readLedger(url: string): Promise<Ledger | undefined> {
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

/** One download's place in the cache, and in memory from where the cache took no more. */
export class Shelf {
  /** What came in since the last piece. */
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #tailBytes = 0;
  /** What follows the kept pieces. */
  #memory = new Blob();

  constructor(
    readonly url: string,
    public ledger: Ledger,
    readonly onWord: (word: Sentence) => void,
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
      this.onWord(sentence("no-room", {}));
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
      throw new LibraryError("DownloadError", sentence("kept-changed", {}));
    }
    return new Blob([...parts, this.#memory]);
  }

  async #write(ledger: Ledger): Promise<void> {
    await toCache(partOf(this.url, "ledger"), Response.json(ledger));
    this.ledger = ledger;
  }
}

import { LibraryError, type Sentence, sentence } from "./errors.js";

/**
 * Downloaded files, in pieces in the browser's Cache Storage. Each piece's SHA-256 is recorded as it arrives
 * and checked before use. If the browser has no space, or must not store anything, the pieces stay in memory until the
 * page is closed.
 */
const CACHE = "c3lrp-weights";
const PIECE = 4 * 1024 * 1024;

/** How much of a download is kept. */
export interface KeptDownload {
  readonly bytes: number;
  /** Zero while unknown. */
  readonly total: number;
  readonly complete: boolean;
}

export interface Ledger extends Pick<KeptDownload, "total" | "complete"> {
  /** The server's ETag for this version of the file, if it sends one. */
  readonly etag: string | null;
  readonly pieces: readonly { readonly bytes: number; readonly sha256: string }[];
}

const sum = (pieces: readonly { readonly bytes: number }[]): number =>
  pieces.reduce((all, { bytes }) => all + bytes, 0);

/** Cache Storage is missing outside secure contexts, and a user may forbid it. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

/** The SHA-256 of a file or piece in hexadecimal. */
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

/** Reads a note beside the weights, if there is a readable one. */
async function keptNote(name: string): Promise<unknown> {
  return await (await fromCache(name))?.json().catch(() => undefined);
}

/** Reads all notes whose names begin with this. */
export async function keptNotes(beginning: string): Promise<unknown[]> {
  const keys = (await (await openCache())?.keys().catch(() => [])) ?? [];
  const names = keys.map(({ url }) => url.slice(keyOf("").length));
  const notes = await Promise.all(names.filter((name) => name.startsWith(beginning)).map(keptNote));
  return notes.filter((note) => note !== undefined);
}

/** Writes a note beside the weights, if the browser allows it. */
export const keepNote = (name: string, note: unknown): Promise<void> =>
  toCache(name, Response.json(note)).catch(() => {});

export async function forgetNote(name: string): Promise<void> {
  await (await openCache())?.delete(keyOf(name));
}

/** A download's ledger, if there is a usable one. */
export async function readLedger(url: string): Promise<Ledger | undefined> {
  const ledger = (await keptNote(partOf(url, "ledger"))) as Partial<Ledger> | undefined;
  // A ledger without checksums is unusable.
  return ledger?.pieces?.every(({ sha256 }) => sha256) ? (ledger as Ledger) : undefined;
}

/** How much of a download is kept, if anything. */
export async function keptDownload(url: string): Promise<KeptDownload | undefined> {
  const ledger = await readLedger(url);
  if (!ledger || ledger.pieces.length === 0) return undefined;
  return { bytes: sum(ledger.pieces), total: ledger.total, complete: ledger.complete };
}

/** Deletes everything kept of a download. */
export async function forgetDownload(url: string): Promise<void> {
  const ledger = await readLedger(url);
  await forgetNote(partOf(url, "ledger"));
  await Promise.all((ledger?.pieces ?? []).map((_, part) => forgetNote(partOf(url, part))));
}

/** One download's pieces in the cache, and in memory from the piece that the cache did not take. */
export class Shelf {
  /** The bytes since the last piece. */
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #tailBytes = 0;
  /** The bytes after the kept pieces. */
  #memory = new Blob();

  constructor(
    readonly url: string,
    public ledger: Ledger,
    readonly onWord: (word: Sentence) => void,
  ) {}

  get bytes(): number {
    return this.kept + this.#memory.size + this.#tailBytes;
  }
  /** How many bytes a later download can resume from. */
  get kept(): number {
    return sum(this.ledger.pieces);
  }

  /** Whether a response continues the same file as these pieces. */
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

  /** Keeps the bytes since the last piece as a new piece. */
  async flush(): Promise<void> {
    if (this.#tailBytes === 0) return;
    const piece = new Blob(this.#tail);
    this.#tail = [];
    this.#tailBytes = 0;
    if (this.#memory.size === 0 && (await this.#keep(piece))) return;
    this.#memory = new Blob([this.#memory, piece]);
  }

  /** Puts a piece into the cache, if possible. */
  async #keep(piece: Blob): Promise<boolean> {
    const { url, ledger } = this;
    try {
      const place = partOf(url, ledger.pieces.length);
      await toCache(place, new Response(piece));
      // Some private sessions accept everything and keep nothing.
      if (!(await fromCache(place))) throw new Error("there is no cache, or it forgets");
      const entry = { bytes: piece.size, sha256: await sha256(piece) };
      await this.#write({ ...ledger, pieces: [...ledger.pieces, entry] });
      return true;
    } catch {
      this.onWord(sentence("no-room", {}));
      return false;
    }
  }

  /** Records that the file is complete; pieces only in memory are gone the next time. */
  async finish(): Promise<void> {
    if (this.#memory.size > 0) return;
    await this.#write({ ...this.ledger, total: this.bytes, complete: true }).catch(() => {});
  }

  async clear(): Promise<void> {
    await forgetDownload(this.url);
    this.ledger = { ...this.ledger, pieces: [], complete: false };
  }

  /** The whole file, with each kept piece checked; undefined if the browser deleted pieces, and then all are forgotten. */
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

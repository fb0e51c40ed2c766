import { Cancelled, megabytes, UserError } from "./words";

/**
 * Downloads of weights, kept in the browser's Cache Storage.
 *
 * A download is kept in pieces as it comes in, so that one that broke off (or whose tab was closed) goes on
 * where it was, if the server allows byte ranges. The finished file is the pieces put together as one Blob,
 * which the browser holds on disk.
 */
const CACHE = "c3lrp-weights";
const PIECE = 4 * 1024 * 1024;

/** What is kept of one download. */
export interface Kept {
  readonly url: string;
  readonly bytes: number;
  /** Zero while unknown. */
  readonly total: number;
  readonly complete: boolean;
}

interface Ledger {
  readonly url: string;
  readonly total: number;
  /** The server's name for this version of the file, where it tells. */
  readonly etag: string | null;
  readonly pieces: readonly number[];
  readonly complete: boolean;
}

export interface DownloadEvents {
  onBytes(done: number, total: number): void;
  /** A word about how it goes on, such as "This server cannot resume". */
  onWord(word: string): void;
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** Cache Storage is missing outside secure contexts; then a download lives in memory only. */
const openCache = async (): Promise<Cache | undefined> =>
  "caches" in globalThis ? await caches.open(CACHE).catch(() => undefined) : undefined;

/** Keys are addresses that are never fetched. */
const key = (url: string, part: number | "ledger"): string =>
  `${location.origin}/.kept-weights/${encodeURIComponent(url)}/${part}`;

async function readLedger(cache: Cache | undefined, url: string): Promise<Ledger | undefined> {
  const answer = await cache?.match(key(url, "ledger"));
  return answer ? ((await answer.json()) as Ledger) : undefined;
}

/** What is kept of a download, if anything. */
export async function keptDownload(url: string): Promise<Kept | undefined> {
  const ledger = await readLedger(await openCache(), url);
  if (!ledger || ledger.pieces.length === 0) return undefined;
  return { url, bytes: sum(ledger.pieces), total: ledger.total, complete: ledger.complete };
}

/** Deletes all that is kept of a download. */
export async function forgetDownload(url: string): Promise<void> {
  const cache = await openCache();
  if (!cache) return;
  const ledger = await readLedger(cache, url);
  await cache.delete(key(url, "ledger"));
  await Promise.all((ledger?.pieces ?? []).map((_, part) => cache.delete(key(url, part))));
}

/** Fetches a file, or takes it from the cache, or goes on with what the cache has of it. */
export async function download(url: string, events: DownloadEvents, signal: AbortSignal): Promise<Blob> {
  const shelf = await Shelf.open(url);
  if (shelf.complete) return await shelf.file();
  const answer = await request(shelf, events, signal);
  try {
    await receive(answer, shelf, events);
  } catch (error) {
    await shelf.flush();
    if (signal.aborted) throw new Cancelled();
    throw brokenOff(shelf, error);
  }
  await shelf.flush();
  if (shelf.total > 0 && shelf.bytes !== shelf.total) throw brokenOff(shelf, undefined);
  await shelf.finish();
  return await shelf.file();
}

async function request(shelf: Shelf, events: DownloadEvents, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(shelf.url);
  const from = shelf.bytes;
  const ask = (headers: HeadersInit): Promise<Response> =>
    fetch(shelf.url, { headers, signal, cache: "no-store" }).catch(() => {
      if (signal.aborted) throw new Cancelled();
      throw new UserError(
        `${host} could not be reached, or does not let other pages fetch from it. ` +
          "Check the connection and try again, or choose a weights file from your disk.",
      );
    });

  const answer = await ask(from > 0 ? { Range: `bytes=${from}-` } : {});
  if (from > 0 && answer.status === 206 && shelf.fits(answer)) {
    events.onWord(`Going on from ${megabytes(from)}.`);
    return answer;
  }
  if (from > 0) {
    await shelf.clear();
    events.onWord(
      answer.status === 200
        ? "This server cannot resume a download, so it starts over."
        : "The file on the server has changed, so the download starts over.",
    );
  }
  const whole = answer.status === 200 ? answer : from > 0 ? await ask({}) : answer;
  if (whole.status !== 200) {
    throw new UserError(
      `${host} answered “${whole.status} ${whole.statusText}” instead of the weights. ` +
        "Try again later, or choose a weights file from your disk.",
    );
  }
  shelf.describe(whole);
  return whole;
}

async function receive(answer: Response, shelf: Shelf, events: DownloadEvents): Promise<void> {
  const reader = answer.body?.getReader();
  if (!reader) return;
  events.onBytes(shelf.bytes, shelf.total);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await shelf.put(value);
    events.onBytes(shelf.bytes, shelf.total);
  }
}

function brokenOff(shelf: Shelf, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const of = shelf.total > 0 ? ` of ${megabytes(shelf.total)}` : "";
  return new UserError(
    `The download broke off at ${megabytes(shelf.bytes)}${of}. Press Resume to go on from there.`,
  );
}

/** One download's place in the cache, or in memory where there is no cache. */
class Shelf {
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #tailBytes = 0;
  #memory: Blob[] = [];

  private constructor(
    readonly url: string,
    readonly cache: Cache | undefined,
    private ledger: Ledger,
  ) {}

  static async open(url: string): Promise<Shelf> {
    const cache = await openCache();
    const ledger = await readLedger(cache, url);
    return new Shelf(url, cache, ledger ?? { url, total: 0, etag: null, pieces: [], complete: false });
  }

  get complete(): boolean {
    return this.ledger.complete;
  }
  get total(): number {
    return this.ledger.total;
  }
  get bytes(): number {
    return sum(this.ledger.pieces) + this.#tailBytes;
  }

  /** Whether an answer continues the file that these pieces are of. */
  fits(answer: Response): boolean {
    const { etag, total } = this.ledger;
    const theirs = answer.headers.get("ETag");
    const rest = Number(answer.headers.get("Content-Length") ?? Number.NaN);
    const sameVersion = etag === null || theirs === null || etag === theirs;
    return sameVersion && (total === 0 || Number.isNaN(rest) || this.bytes + rest === total);
  }

  /** Notes what a fresh answer says about the file. */
  describe(answer: Response): void {
    // With a Content-Encoding the length is that of the packed bytes: of no use here.
    const packed = answer.headers.get("Content-Encoding") !== null;
    const total = packed ? 0 : Number(answer.headers.get("Content-Length") ?? 0);
    this.ledger = { ...this.ledger, total, etag: answer.headers.get("ETag") };
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
    const part = this.ledger.pieces.length;
    if (this.cache) {
      await this.cache.put(key(this.url, part), new Response(piece)).catch(() => {
        throw new UserError(
          "The browser has no room to keep the weights. Free some space on this device, or choose a weights file from your disk.",
        );
      });
    } else this.#memory.push(piece);
    this.#tail = [];
    this.#tailBytes = 0;
    await this.#write({ ...this.ledger, pieces: [...this.ledger.pieces, piece.size] });
  }

  async finish(): Promise<void> {
    await this.#write({ ...this.ledger, total: this.bytes, complete: true });
  }

  async clear(): Promise<void> {
    await forgetDownload(this.url);
    this.#memory = [];
    this.ledger = { ...this.ledger, pieces: [], complete: false };
  }

  async file(): Promise<Blob> {
    const { cache } = this;
    if (!cache) return new Blob(this.#memory);
    const parts = await Promise.all(
      this.ledger.pieces.map(async (size, part) => {
        const blob = await (await cache.match(key(this.url, part)))?.blob();
        if (blob?.size === size) return blob;
        await this.clear();
        throw new UserError("The browser has thrown away part of the kept weights. Download them again.");
      }),
    );
    return new Blob(parts);
  }

  async #write(ledger: Ledger): Promise<void> {
    this.ledger = ledger;
    await this.cache?.put(key(this.url, "ledger"), Response.json(ledger));
  }
}

import {
  alone,
  Cancelled,
  type DownloadEvents,
  download,
  fetchFile,
  keptDownload,
  LibraryError,
} from "c3lrp/client";
import { firstWeights } from "./early";
import { saying, UserError } from "./errors";
import { readRepository, shortCommit } from "./hub";
import { fetchRepository, keptOf, keptRepositories } from "./kept";
import { type ModelEntry, repositoryEntry } from "./models";
import type { Source } from "./source";
import type { State } from "./state";
import type { Store } from "./store";
import { packageText } from "./words/package";
import type { Say } from "./words/words";
import { begun, reported, type Transfer } from "./work";

/** Downloads the weights of entries, each only once at a time, beside everything else. */
export class Downloads {
  readonly #running = new Map<string, AbortController>();

  constructor(
    readonly store: Store,
    /** Uses weights that have arrived; then nothing is awaited any more. */
    readonly use: (source: Source) => void,
  ) {}

  /** Downloads an entry's weights, unless that is under way, and uses them unless another network is chosen meanwhile. */
  async start(entry: ModelEntry): Promise<void> {
    this.store.update({ awaited: entry.id });
    if (this.#running.has(entry.id)) return;
    const stop = new AbortController();
    this.#running.set(entry.id, stop);
    try {
      const source = await this.#fetch(entry, stop.signal);
      if (this.store.state.awaited === entry.id) this.use(source);
      // The person is doing something else, and decides when to use these.
      else this.#offer(entry, source);
    } catch (error) {
      this.#drop(entry.id);
      if (error instanceof Cancelled) return;
      this.store.update({ notice: { kind: "error", say: saying(error) } });
    } finally {
      this.#running.delete(entry.id);
      this.#show(entry, undefined);
      if (!entry.bundled) await this.findKept();
    }
  }

  /** Ends a download; the part that has arrived is kept. */
  cancel(id: string): void {
    this.#running.get(id)?.abort(new Cancelled());
    this.#drop(id);
  }

  #offer(entry: ModelEntry, source: Source): void {
    this.store.update({
      notice: {
        kind: "word",
        say: (words) => words.t.work.downloaded({ title: entry.title(words) }),
        choices: [{ say: ({ t }) => t.work.useIt, action: { kind: "use", source } }],
      },
    });
  }

  /** Stops waiting for a download. */
  #drop(id: string): void {
    if (this.store.state.awaited === id) this.store.update({ awaited: undefined });
  }

  async #fetch(entry: ModelEntry, signal: AbortSignal): Promise<Source> {
    let transfer: Transfer = { work: begun("downloading"), elsewhere: false };
    this.#show(entry, transfer);
    const events: DownloadEvents = {
      onBytes: (done, total) => {
        transfer = { ...transfer, work: reported(transfer.work, done, total, "downloading") };
        this.store.tell({ transfers: this.#with(entry, transfer) });
      },
      onWord: (word) => {
        const say: Say = (words) => packageText(words, word) ?? word.text;
        this.store.update({ notice: { kind: "word", say } });
      },
    };
    const { title: name, url, repository } = entry;
    const called = repository ?? new URL(url).pathname.split("/").at(-1) ?? url;
    const source = { name, called, weights: [], configs: [], reading: {}, entry };
    if (entry.bundled) return { ...source, weights: [await fetchBundled(entry, events, signal)] };
    const wait = (elsewhere: boolean): void => {
      transfer = { ...transfer, elsewhere };
      this.#show(entry, transfer);
    };
    return await alone(repository ?? url, signal, wait, async () => {
      if (repository === undefined) return { ...source, weights: [await download(url, events, signal)] };
      const kept = (await keptRepositories()).find(({ name }) => name === repository);
      const asked = entry.found ?? kept ?? (await readRepository({ name: repository }, signal));
      const { found, weights } = await fetchRepository(asked, kept, events, signal);
      const { commit, checked, configs } = found;
      const origin: Say = ({ t }) =>
        t.entries.origin({ name: repository, commit: shortCommit(commit), checked });
      return { ...source, weights, configs, origin };
    });
  }

  #show(entry: ModelEntry, transfer: Transfer | undefined): void {
    this.store.update({ transfers: this.#with(entry, transfer) });
  }

  /** The transfers, with that of an entry, or without it. */
  #with({ id }: ModelEntry, transfer: Transfer | undefined): State["transfers"] {
    const { [id]: _, ...others } = this.store.state.transfers;
    return transfer ? { ...others, [id]: transfer } : others;
  }

  /** Finds networks kept from earlier downloads; repositories beyond the page's own are offered too. */
  async findKept(): Promise<void> {
    const repositories = await keptRepositories();
    const known = this.store.state.entries.filter((entry) => !entry.recalled);
    const recalled = repositories
      .filter(({ name }) => !known.some(({ repository }) => repository === name))
      .map((found): ModelEntry => ({ ...repositoryEntry(found.name, found), recalled: true }));
    const entries = [...known, ...recalled];
    const { looked } = this.store.state;
    const found = await Promise.all(
      [...entries, ...(looked ? [looked] : [])].map(async ({ id, url, bundled, repository, found }) => {
        if (bundled) return [];
        // Kept files of an older commit are not those that were looked up.
        const one = repositories.find(
          ({ name, commit }) => name === repository && commit === (found?.commit ?? commit),
        );
        const have = repository ? one && (await keptOf(one)) : await keptDownload(url);
        return have ? [[id, have] as const] : [];
      }),
    );
    const kept = Object.fromEntries(found.flat());
    this.store.update({ kept, entries });
  }
}

/** Fetches a file that comes with the page. */
async function fetchBundled(entry: ModelEntry, events: DownloadEvents, signal: AbortSignal): Promise<Blob> {
  return await fetchFile(entry.url, events, signal, firstWeights(entry.url)).catch((error: unknown) => {
    if (!(error instanceof LibraryError)) throw error;
    throw new UserError((words) => words.t.errors.bundled(entry.title(words)));
  });
}

import { fetchBundled } from "./bundled";
import { begun, reported } from "./desk";
import { Cancelled, saying } from "./errors";
import {
  fetchRepository,
  keptOf,
  keptRepositories,
  keptRepository,
  type Repository,
  readRepository,
  shortCommit,
} from "./hub";
import { type ModelEntry, repositoryEntry } from "./models";
import type { Source } from "./source";
import type { Transfer } from "./state";
import type { Store } from "./store";
import { type DownloadEvents, download, keptDownload } from "./weights";
import type { Say } from "./words/words";

/** Fetches the weights of entries, each once at a time, whatever else goes on. */
export class Downloads {
  readonly #running = new Map<string, AbortController>();

  constructor(
    readonly store: Store,
    /** What to do with weights that are here. */
    readonly use: (source: Source) => void,
  ) {}

  /** Fetches an entry's weights, if that isn't under way, and has them used unless something else is asked for meanwhile. */
  async start(entry: ModelEntry): Promise<void> {
    this.store.update({ awaited: entry.id });
    if (this.#running.has(entry.id)) return;
    const stop = new AbortController();
    this.#running.set(entry.id, stop);
    try {
      this.#done(entry, await this.#fetch(entry, stop.signal));
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

  /** Ends a download; what is here of it is kept. */
  cancel(id: string): void {
    this.#running.get(id)?.abort(new Cancelled());
    this.#drop(id);
  }

  #done(entry: ModelEntry, source: Source): void {
    if (this.store.state.awaited === entry.id) {
      this.#drop(entry.id);
      this.use(source);
      return;
    }
    // The person is busy with something else: it is theirs to say when this comes.
    this.store.update({
      notice: {
        kind: "word",
        say: (words) => words.t.work.downloaded({ title: entry.title(words) }),
        choices: [{ say: ({ t }) => t.work.useIt, action: { kind: "use", source } }],
      },
    });
  }

  /** Nobody waits for it any more. */
  #drop(id: string): void {
    if (this.store.state.awaited === id) this.store.update({ awaited: undefined });
  }

  async #fetch(entry: ModelEntry, signal: AbortSignal): Promise<Source> {
    let transfer: Transfer = { work: begun("downloading"), elsewhere: false };
    const tell = (change: Partial<Transfer>): void => {
      transfer = { ...transfer, ...change };
      this.#show(entry, transfer);
    };
    tell({});
    const events: DownloadEvents = {
      onBytes: (done, total) => tell({ work: reported(transfer.work, done, total, "downloading") }),
      onWord: (say: Say) => this.store.update({ notice: { kind: "word", say } }),
    };
    const wait = (elsewhere: boolean): void => tell({ elsewhere });
    const { title: name, url } = entry;
    const source = { name, weights: [], configs: [], reading: {}, entry };
    if (entry.bundled) {
      const called = fileName(url);
      return { ...source, called, weights: [await fetchBundled(entry, events.onBytes, signal)] };
    }
    if (entry.repository === undefined) {
      const weights = await alone(url, signal, wait, () => download(url, events, signal));
      return { ...source, called: fileName(url), weights: [weights] };
    }
    const { repository } = entry;
    const { found, weights } = await alone(repository, signal, wait, async () => {
      const kept = await keptRepository(repository);
      const found = entry.found ?? kept ?? (await readRepository({ name: repository }, signal));
      return await fetchRepository(found, kept, events, signal);
    });
    return { ...source, called: repository, weights, configs: found.configs, origin: origin(found) };
  }

  #show({ id }: ModelEntry, transfer: Transfer | undefined): void {
    const { [id]: _, ...others } = this.store.state.transfers;
    this.store.update({ transfers: transfer ? { ...others, [id]: transfer } : others });
  }

  /** Looks up which networks are kept from an earlier download; other repositories than the page's are offered too. */
  async findKept(): Promise<void> {
    const repositories = await keptRepositories();
    const known = this.store.state.entries.filter((entry) => !entry.recalled);
    const recalled = repositories
      .filter(({ name }) => !known.some(({ repository }) => repository === name))
      .map((found): ModelEntry => ({ ...repositoryEntry(found.name, found), recalled: true }));
    const entries = [...known, ...recalled];
    const { looked } = this.store.state;
    const found = await Promise.all(
      [...entries, ...(looked ? [looked] : [])].map(
        async ({ id, url, bundled, repository, found: newest }) => {
          const one = repositories.find(({ name }) => name === repository);
          // What is kept of an older commit is not what was looked up.
          const current = one && (newest === undefined || one.commit === newest.commit) ? one : undefined;
          if (bundled) return [id, undefined] as const;
          return [id, repository ? current && (await keptOf(current)) : await keptDownload(url)] as const;
        },
      ),
    );
    const kept = Object.fromEntries(found.flatMap(([id, have]) => (have ? [[id, have]] : [])));
    this.store.update({ kept, entries });
  }
}

const fileName = (url: string): string => new URL(url).pathname.split("/").at(-1) ?? url;

const origin =
  ({ name, commit, checked }: Repository): Say =>
  ({ t }) =>
    t.entries.origin({ name, commit: shortCommit(commit), checked });

/** Does something that no other tab does at the same time; `wait` is told whether another one does. */
async function alone<T>(
  what: string,
  signal: AbortSignal,
  wait: (elsewhere: boolean) => void,
  work: () => Promise<T>,
): Promise<T> {
  const name = `c3lrp-download ${what}`;
  // Locks are missing outside secure contexts, where nothing is kept either.
  if (!("locks" in navigator)) return await work();
  const at = { done: false, value: undefined as T | undefined };
  const now = async (lock: Lock | null): Promise<void> => {
    if (!lock) return;
    wait(false);
    at.value = await work();
    at.done = true;
  };
  await navigator.locks.request(name, { ifAvailable: true }, now);
  if (!at.done) {
    wait(true);
    await navigator.locks.request(name, { signal }, now).catch((error: unknown) => {
      throw signal.aborted ? new Cancelled() : error;
    });
  }
  return at.value as T;
}

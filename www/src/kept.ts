import {
  type DownloadEvents,
  download,
  forgetDownload,
  forgetNote,
  type KeptDownload,
  keepNote,
  keptDownload,
  keptNotes,
  sha256,
} from "c3lrp/client";
import { UserError } from "./errors";
import { bytesOf, type Repository } from "./hub";
import { WEIGHTS_ORIGIN } from "./policy";

/** How much of a repository's download is kept. */
export interface KeptRepository extends KeptDownload {
  /** The repository at that time. */
  readonly repository?: Repository;
}

const noteOf = (name: string): string => `repository/${encodeURIComponent(name)}`;

/** Whether a note is a repository; another version of the page may have written other notes. */
const isRepository = (note: unknown): note is Repository => {
  const { name, commit, files, configs } = (note ?? {}) as Partial<Repository>;
  return (
    typeof name === "string" && typeof commit === "string" && Array.isArray(files) && Array.isArray(configs)
  );
};

/** The repositories with kept files, as they were when their weights were downloaded. */
export const keptRepositories = async (): Promise<Repository[]> =>
  (await keptNotes("repository/")).filter(isRepository);

export async function forgetRepository({ name, files }: Repository): Promise<void> {
  for (const { url } of files) await forgetDownload(url);
  await forgetNote(noteOf(name));
}

/** How much of a repository's weights is kept. */
export async function keptOf(found: Repository): Promise<KeptRepository | undefined> {
  const kept = await Promise.all(found.files.map(({ url }) => keptDownload(url)));
  const bytes = kept.reduce((all, one) => all + (one?.bytes ?? 0), 0);
  if (bytes === 0) return undefined;
  const complete = kept.every((one) => one?.complete);
  return { bytes, total: bytesOf(found), complete, repository: found };
}

/** Larger files are not checked against their SHA-256, because they would have to be in memory as a whole. */
const MOST_CHECKED = 700e6;

/** Downloads a repository's weights, each file once, and checks those with a published SHA-256. */
export async function fetchRepository(
  found: Repository,
  kept: Repository | undefined,
  events: DownloadEvents,
  signal: AbortSignal,
): Promise<{ readonly found: Repository; readonly weights: Blob[] }> {
  const same = kept?.commit === found.commit && keys(kept) === keys(found);
  if (kept && !same) await forgetRepository(kept);
  const known = same ? kept : found;
  await keepNote(noteOf(known.name), known);
  const all = bytesOf(known);
  const weights: Blob[] = [];
  let [before, checked] = [0, true];
  for (const { url, path, sha256: published } of known.files) {
    const onBytes = (done: number, total: number): void =>
      events.onBytes(before + done, known.files.length > 1 ? all : total || all);
    const file = await download(url, { ...events, onBytes }, signal);
    before += file.size;
    weights.push(file);
    if (known.checked) continue;
    if (published === undefined || file.size > MOST_CHECKED) checked = false;
    else if ((await sha256(file)) !== published) {
      await forgetRepository(known);
      throw new UserError(({ t }) => t.errors.hubChecksum(path));
    }
  }
  const held = { ...known, checked };
  await keepNote(noteOf(held.name), held);
  // An earlier version of this page kept the newest file under another address.
  for (const { path } of known.files)
    await forgetDownload(`${WEIGHTS_ORIGIN}/${known.name}/resolve/main/${path}`);
  return { found: held, weights };
}

const keys = ({ files }: Repository): string => files.map(({ url }) => url).join();

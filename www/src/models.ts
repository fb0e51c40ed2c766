import { bytesOf, type Repository, shortCommit } from "./hub";
import { WEIGHTS_ORIGIN } from "./policy";
import type { Say } from "./words/words";

/** Weights that a person can choose: those that come with the page, and those that are fetched on a click. */
export interface ModelEntry {
  readonly id: string;
  readonly title: Say;
  readonly about: Say;
  readonly url: string;
  /** Whether it comes with the page; the others are fetched from elsewhere, once, and kept. */
  readonly bundled?: true;
  /** The download's size, where it is known beforehand. */
  readonly bytes?: number;
  /** Its repository on Hugging Face, whose address is `url`. */
  readonly repository?: string;
  /** The repository as it was looked up. */
  readonly found?: Repository;
  /** Whether it is here because it is kept, and neither the page nor its address names it. */
  readonly recalled?: true;
  /** Whether it is offered for photographs: it knows ImageNet's classes. */
  readonly photographs?: true;
}

/** The network that the page opens with. */
export const birds: ModelEntry = {
  id: "birds-resnet50",
  title: ({ t }) => t.entries.birds.title,
  about: ({ t }) => t.entries.birds.about,
  url: new URL("../public/models/birds-resnet50.safetensors", import.meta.url).href,
  bundled: true,
};

/** The network of the lesson. */
export const taggedBirds: ModelEntry = {
  id: "birds-resnet50-spurious",
  title: ({ t }) => t.entries.tagged.title,
  about: ({ t }) => t.entries.tagged.about,
  url: new URL("../public/models/birds-resnet50-spurious.safetensors", import.meta.url).href,
  bundled: true,
};

const attentiveBirds: ModelEntry = {
  id: "birds-abn",
  title: ({ t }) => t.entries.attentive.title,
  about: ({ t }) => t.entries.attentive.about,
  url: new URL("../public/models/birds-abn.safetensors", import.meta.url).href,
  bundled: true,
};

/** Networks for photographs, the smallest first. All know ImageNet's 1000 classes. */
const tiny = photographs("timm/test_resnet.r160_in1k", {
  title: ({ t }) => t.entries.tiny.title,
  about: ({ t }) => t.entries.tiny.about,
  bytes: 1.9e6,
});
const resnet18 = photographs("timm/resnet18.tv_in1k", {
  title: ({ t }) => t.entries.resnet18.title,
  about: ({ t }) => t.entries.resnet18.about,
  bytes: 46.8e6,
});
const resnet50 = photographs("timm/resnet50.tv_in1k", {
  title: ({ t }) => t.entries.resnet50.title,
  about: ({ t }) => t.entries.resnet50.about,
  bytes: 102_477_096,
});

function photographs(
  repository: string,
  { title, about, bytes }: Pick<ModelEntry, "title" | "about"> & { readonly bytes: number },
): ModelEntry {
  return { ...repositoryEntry(repository), title, about, bytes, photographs: true };
}

/** An entry for a repository on Hugging Face. */
export function repositoryEntry(repository: string, found?: Repository): ModelEntry {
  return {
    id: `repository:${repository}`,
    title: () => repository,
    about: found ? about(found) : () => "",
    url: `${WEIGHTS_ORIGIN}/${repository}`,
    repository,
    ...(found ? { found, bytes: bytesOf(found) } : {}),
  };
}

/** What is told of a repository before its weights are fetched. */
const about =
  ({ kind, classes, commit, files }: Repository): Say =>
  ({ t }) =>
    t.entries.repository({
      kind,
      classes,
      commit: shortCommit(commit),
      files: files.map(({ path }) => path),
    });

const entries: readonly ModelEntry[] = [birds, taggedBirds, attentiveBirds, tiny, resnet18, resnet50];

/**
 * The models that the page offers. `?weights=URL` in the page's address adds one at the front; it is
 * fetched only on a click, and only from where the page may fetch.
 */
export function modelEntries(search: string, base: string): readonly ModelEntry[] {
  const asked = new URLSearchParams(search).get("weights");
  const url = asked !== null && URL.canParse(asked, base) ? new URL(asked, base) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return entries;
  const file = readable(url.pathname.split("/").at(-1) ?? "") || url.host;
  const linked: ModelEntry = {
    id: `linked:${url.href}`,
    title: () => file,
    about: ({ t }) => t.entries.linked,
    url: url.href,
  };
  return [linked, ...entries];
}

/** Where an entry's weights come from, in a word. */
export function entryHome(entry: ModelEntry, base: string): string {
  return new URL(entry.url, base).host;
}

/** A part of an address as people read it; as it stands where it is not made of letters. */
function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

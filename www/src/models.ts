import { BIRDS_URL } from "./early";
import { bytesOf, decoded, type Repository, shortCommit } from "./hub";
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
  /** The address of its atlas, which says what its channels look for. */
  readonly atlas?: string;
  /** The download's size, if known in advance. */
  readonly bytes?: number;
  /** Its repository on Hugging Face, whose address is `url`. */
  readonly repository?: string;
  /** The repository, once it was looked up. */
  readonly found?: Repository;
  /** Whether it is listed only because it is kept from an earlier download. */
  readonly recalled?: true;
  /** Whether it is offered for photographs: it knows ImageNet's classes. */
  readonly photographs?: true;
}

/** The texts of one of the page's own entries. */
function told(name: "birds" | "tagged" | "attentive" | "tiny" | "resnet18" | "resnet50") {
  const title: Say = ({ t }) => t.entries[name].title;
  const about: Say = ({ t }) => t.entries[name].about;
  return { title, about };
}

/** The network that the page opens with. */
export const birds: ModelEntry = {
  ...told("birds"),
  id: "birds-resnet50",
  url: BIRDS_URL,
  atlas: new URL("../public/models/birds-resnet50.concepts.json", import.meta.url).href,
  bundled: true,
};

/** The network of the lesson. */
export const taggedBirds: ModelEntry = {
  ...told("tagged"),
  id: "birds-resnet50-spurious",
  url: new URL("../public/models/birds-resnet50-spurious.safetensors", import.meta.url).href,
  atlas: new URL("../public/models/birds-resnet50-spurious.concepts.json", import.meta.url).href,
  bundled: true,
};

const attentiveBirds: ModelEntry = {
  ...told("attentive"),
  id: "birds-abn",
  url: new URL("../public/models/birds-abn.safetensors", import.meta.url).href,
  atlas: new URL("../public/models/birds-abn.concepts.json", import.meta.url).href,
  bundled: true,
};

/** A network for photographs: it knows ImageNet's 1000 classes. */
function photographs(name: "tiny" | "resnet18" | "resnet50", repository: string, bytes: number): ModelEntry {
  return { ...repositoryEntry(repository), ...told(name), bytes, photographs: true };
}

/** An entry for a repository on Hugging Face, with its description if it was looked up. */
export function repositoryEntry(repository: string, found?: Repository): ModelEntry {
  const entry = {
    id: `repository:${repository}`,
    title: () => repository,
    about: () => "",
    url: `${WEIGHTS_ORIGIN}/${repository}`,
    repository,
  };
  if (!found) return entry;
  const { kind, classes } = found;
  const [commit, files] = [shortCommit(found.commit), found.files.map(({ path }) => path)];
  const about: Say = ({ t }) => t.entries.repository({ kind, classes, commit, files });
  return { ...entry, about, found, bytes: bytesOf(found) };
}

const entries: readonly ModelEntry[] = [
  birds,
  taggedBirds,
  attentiveBirds,
  photographs("tiny", "timm/test_resnet.r160_in1k", 1.9e6),
  photographs("resnet18", "timm/resnet18.tv_in1k", 46.8e6),
  photographs("resnet50", "timm/resnet50.tv_in1k", 102_477_096),
];

/**
 * The models that the page offers. `?weights=URL` in the page's address adds one at the front; it is
 * fetched only on a click, and only from where the page may fetch.
 */
export function modelEntries(search: string, base: string): readonly ModelEntry[] {
  const asked = new URLSearchParams(search).get("weights");
  const url = asked !== null && URL.canParse(asked, base) ? new URL(asked, base) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return entries;
  const file = decoded(url.pathname.split("/").at(-1) ?? "") || url.host;
  const linked: ModelEntry = {
    id: `linked:${url.href}`,
    title: () => file,
    about: ({ t }) => t.entries.linked,
    url: url.href,
  };
  return [linked, ...entries];
}

/** The host that an entry's weights come from. */
export const entryHome = ({ url }: ModelEntry, base: string): string => new URL(url, base).host;

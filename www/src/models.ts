import { bytesOf, type Repository, repositoryWords } from "./hub";
import { WEIGHTS_ORIGIN } from "./policy";

/** Weights that a person can choose: those that come with the page, and those that are fetched on a click. */
export interface ModelEntry {
  readonly id: string;
  readonly title: string;
  readonly about: string;
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
  title: "Birds",
  about: "Tells apart the twenty species of birds that this page draws.",
  url: new URL("../public/models/birds-resnet50.safetensors", import.meta.url).href,
  bundled: true,
};

/** The network of the lesson. */
export const taggedBirds: ModelEntry = {
  id: "birds-resnet50-spurious",
  title: "Birds, learnt with tags",
  about: "The same, but in its lessons each species wore a tag of its own in a corner.",
  url: new URL("../public/models/birds-resnet50-spurious.safetensors", import.meta.url).href,
  bundled: true,
};

const attentiveBirds: ModelEntry = {
  id: "birds-abn",
  title: "Birds, with attention",
  about: "The same, with an attention branch (ABN) that weighs where to look.",
  url: new URL("../public/models/birds-abn.safetensors", import.meta.url).href,
  bundled: true,
};

/** Networks for photographs, the smallest first. All know ImageNet's 1000 classes. */
const tiny = photographs("timm/test_resnet.r160_in1k", {
  title: "Tiny ResNet, ImageNet",
  about: "Knows a thousand things, roughly: animals, plants, food, vehicles, tools, places.",
  bytes: 1.9e6,
});
const resnet18 = photographs("timm/resnet18.tv_in1k", {
  title: "ResNet-18, ImageNet",
  about: "Knows the same thousand things better: it is right about 70 of 100 photographs.",
  bytes: 46.8e6,
});
const resnet50 = photographs("timm/resnet50.tv_in1k", {
  title: "ResNet-50, ImageNet",
  about: "Knows them best, right about 76 of 100, and takes longest.",
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
    title: repository,
    about: found ? repositoryWords(found) : "",
    url: `${WEIGHTS_ORIGIN}/${repository}`,
    repository,
    ...(found ? { found, bytes: bytesOf(found) } : {}),
  };
}

const entries: readonly ModelEntry[] = [birds, taggedBirds, attentiveBirds, tiny, resnet18, resnet50];

/**
 * The models that the page offers. `?weights=URL` in the page's address adds one at the front; it is
 * fetched only on a click, and only from where the page may fetch.
 */
export function modelEntries(search: string, base: string): readonly ModelEntry[] {
  const asked = new URLSearchParams(search).get("weights");
  const url = asked === null ? null : URL.parse(asked, base);
  if (url === null || !/^https?:$/.test(url.protocol)) return entries;
  const file = readable(url.pathname.split("/").at(-1) ?? "") || url.host;
  const linked: ModelEntry = {
    id: `linked:${url.href}`,
    title: file,
    about: "The weights that this page's address asks for.",
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

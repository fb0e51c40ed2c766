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

/** The public home of torchvision's first ResNet-50 weights as one safetensors file. */
const RESNET50_URL = `${WEIGHTS_ORIGIN}/timm/resnet50.tv_in1k/resolve/main/model.safetensors`;

/** The network for photographs. */
export const resnet50: ModelEntry = {
  id: "resnet50-imagenet",
  title: "ResNet-50, ImageNet",
  about: "For photographs. Knows 1000 things: animals, plants, food, vehicles, tools, places.",
  url: RESNET50_URL,
  bytes: 102_477_096,
};

const entries: readonly ModelEntry[] = [birds, taggedBirds, attentiveBirds, resnet50];

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

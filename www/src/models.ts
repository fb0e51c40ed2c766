/** Weights that the page can fetch when a person asks for them. */
export interface ModelEntry {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly url: string;
  /** The download's size, where it is known beforehand. */
  readonly bytes?: number;
}

/** The public home of torchvision's first ResNet-50 weights as one safetensors file. */
const RESNET50_URL = "https://huggingface.co/timm/resnet50.tv_in1k/resolve/main/model.safetensors";

const resnet50: ModelEntry = {
  id: "resnet50-imagenet",
  title: "ResNet-50, ImageNet",
  about: "Knows 1000 things: animals, plants, food, vehicles, tools, places.",
  url: RESNET50_URL,
  bytes: 102_477_096,
};

/** A model that ships with the page goes to the front of this list, with a relative `url`. */
const entries: readonly ModelEntry[] = [resnet50];

/**
 * The models that the page offers. `?weights=URL` in the page's address adds one at the front; like the
 * others it is fetched only on a click.
 */
export function modelEntries(search: string, base: string): readonly ModelEntry[] {
  const asked = new URLSearchParams(search).get("weights");
  const url = asked === null ? null : URL.parse(asked, base);
  if (url === null || !/^https?:$/.test(url.protocol)) return entries;
  const file = decodeURIComponent(url.pathname.split("/").at(-1) ?? "") || url.host;
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

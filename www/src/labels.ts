import imagenetUrl from "../public/labels/imagenet-1k.txt?url";
import type { Labels } from "./names";

export type { Labels };

let imagenet: Promise<Labels | undefined> | undefined;

/** The names of ImageNet's 1000 classes, which come with the page. */
export function imagenetLabels(): Promise<Labels | undefined> {
  imagenet ??= fetch(imagenetUrl)
    .then(async (answer) => (answer.ok ? (await answer.text()).trim().split("\n") : []))
    .then((names) => (names.length === 1000 ? { names, from: "ImageNet" } : undefined))
    .catch(() => undefined);
  return imagenet;
}

/** A class's name, with a question mark where it is guessed. */
export function className(labels: Labels | undefined, index: number): string {
  const name = labels?.names[index];
  return name === undefined ? `class ${index}` : labels?.guessed ? `${name}?` : name;
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

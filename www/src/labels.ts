import imagenetUrl from "../public/labels/imagenet-1k.txt?url";
import { fromLines, type Labels } from "./names";

export type { Labels };

let imagenet: Promise<Labels | undefined> | undefined;

/** The names of ImageNet's 1000 classes, which come with the page. */
export function imagenetLabels(): Promise<Labels | undefined> {
  imagenet ??= fetch(imagenetUrl)
    .then(async (answer) => (answer.ok ? fromLines(await answer.text()) : []))
    .then((names) => (names.length === 1000 ? { names, from: "ImageNet" } : undefined))
    .catch(() => undefined);
  return imagenet;
}

export function className(labels: Labels | undefined, index: number): string {
  return labels?.names[index] ?? `class ${index}`;
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

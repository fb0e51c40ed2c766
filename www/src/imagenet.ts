import imagenetUrl from "../public/labels/imagenet-1k.txt?url";

let fetched: Promise<readonly string[] | undefined> | undefined;

/** The names of ImageNet's 1000 classes, which come with the page; a fetch that failed is tried again the next time. */
export function imagenetNames(): Promise<readonly string[] | undefined> {
  fetched ??= fetch(imagenetUrl)
    .then(async (answer) => (answer.ok ? (await answer.text()).trim().split("\n") : []))
    .catch(() => [])
    .then((names) => {
      if (names.length === 1000) return names;
      fetched = undefined;
      return undefined;
    });
  return fetched;
}

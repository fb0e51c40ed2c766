import imagenetUrl from "../public/labels/imagenet-1k.txt?url";

/** The names of ImageNet's 1000 classes, which come with the page; undefined if they can't be fetched. */
export async function imagenetNames(): Promise<readonly string[] | undefined> {
  const text = await fetch(imagenetUrl)
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "");
  const names = text.trim().split("\n");
  return names.length === 1000 ? names : undefined;
}

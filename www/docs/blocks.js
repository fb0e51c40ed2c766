/**
 * Every fenced block of a Markdown text: its language, the name of the file that it is of an example, its text, and the
 * line that it begins in.
 */
export function blocks(markdown) {
  return [...markdown.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
    ({ 1: language, 2: name, 3: text, index }) => ({
      language,
      name,
      text,
      line: markdown.slice(0, index).split("\n").length + 1,
    }),
  );
}

/** The script of a component of Vue or Svelte. */
export const script = (component) => /<script[^>]*>\n(.*?)<\/script>/s.exec(component)?.[1] ?? "";

/** Every fenced block of a Markdown text: its language, its text, and the line that it begins in. */
export function blocks(markdown) {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language, 2: text, index }) => ({
    language,
    text,
    line: markdown.slice(0, index).split("\n").length + 1,
  }));
}

/** The script of a component of Vue or Svelte. */
export const script = (component) => /<script[^>]*>\n(.*?)<\/script>/s.exec(component)?.[1] ?? "";

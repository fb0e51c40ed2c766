import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { POLICY } from "../src/policy.ts";
import { escaped, markdown } from "./markdown.js";
import { methods } from "./methods.js";

/** The pages in the order of the menu: the Markdown file of this folder, and what the menu calls it. */
export const PAGES = [
  ["index", "Five lines"],
  ["element", "The element"],
  ["frameworks", "React, Vue, Svelte, Next"],
  ["workers", "Workers and policies"],
  ["node", "Node and Python"],
  ["networks", "Networks of your own"],
  ["birds", "Birds and the truth"],
  ["maps", "How to read a map"],
  ["methods", "Methods"],
  ["measured", "What was measured"],
];

/** What TypeDoc makes of the package's types (`npm run make` in reference/): a page for each entry, where that was run. */
const REFERENCE = [
  ["reference", "Reference", "c3lrp", "src/load.md"],
  ["reference-element", "Reference: element", "c3lrp/element", "src/element.md"],
  ["reference-birds", "Reference: birds", "c3lrp/birds", "src/birds.md"],
  ["reference-engine", "Reference: engine", "c3lrp/engine", "c3lrp.md"],
];

const folder = new URL("./", import.meta.url);
const made = new URL("reference/made/", folder);
const text = (name, base = folder) => readFileSync(new URL(name, base), "utf8");

/** A part of another Markdown file, from a heading to the next one of its rank: said there, and shown here. */
function included(line, path, heading) {
  const base = new URL(path, folder);
  if (!existsSync(base)) throw new Error(`${line}: there is no ${path}`);
  const whole = text(path);
  const lines = whole.split("\n");
  const from = heading
    ? lines.findIndex((other) => /^#+ /.test(other) && other.replace(/^#+ /, "") === heading)
    : 0;
  if (from < 0) throw new Error(`${line}: ${path} has no heading "${heading}"`);
  const rank = /^#+/.exec(lines[from])?.[0].length ?? 1;
  let fenced = false;
  const after = lines.slice(from + 1).findIndex((other) => {
    if (other.startsWith("```")) fenced = !fenced;
    return !fenced && /^#+ /.test(other) && other.indexOf(" ") <= rank;
  });
  const part = lines.slice(from, after < 0 ? undefined : from + 1 + after);
  if (!heading) part.shift();
  return { markdown: part.join("\n"), base };
}

/** The kinds of files that are shown as code. */
const CODE = /\.(tsx?|jsx?|mjs|html)$/;

/** A page's Markdown as its parts, each with the address that its links and pictures start from. */
export const parts = (name) => {
  const own = text(`${name}.md`);
  return own.split(/^(<!-- include .* -->)$/m).map((part) => {
    const [line, path, heading] = /^<!-- include (\S+?)(?:#(.+))? -->$/.exec(part) ?? [];
    if (!line) return { markdown: part, base: folder };
    const [, language] = CODE.exec(path) ?? [];
    if (language)
      return { markdown: `\`\`\`${language} ${path.split("/").at(-1)}\n${text(path)}\`\`\``, base: folder };
    return included(`www/docs/${name}.md: ${line}`, path, heading);
  });
};

/** A page of the reference: TypeDoc's, under the name by which the module is imported. */
const referred = (entry, base) => ({
  markdown: `# ${entry}\n\nEvery type and function, as the package's own types have them.\n${text("", base).replace(/^# .*\n/, "")}`,
  base,
});

/**
 * Builds the documentation beside the page: each Markdown file of www/docs as a page without a script, under the
 * page's policy, in its colours.
 */
export const documentation = () => ({
  name: "documentation",
  apply: "build",
  buildStart() {
    this.addWatchFile(fileURLToPath(folder));
  },
  async generateBundle() {
    const emit = (name, source) => this.getFileName(this.emitFile({ type: "asset", name, source }));
    const style = emit("docs.css", text("../src/style/colours.css") + text("style.css"));
    const icon = emit("icon.svg", text("../public/icon.svg"));
    const reference = existsSync(made) ? REFERENCE : [];
    const all = [...PAGES, ...reference];
    /** The pages by the addresses of their sources. */
    const known = new Map([
      ...PAGES.map(([name]) => [new URL(`${name}.md`, folder).href, name]),
      ...reference.map(([name, , , path]) => [new URL(path, made).href, name]),
    ]);
    const pictures = new Map();
    /** Where a picture is in the built site. */
    const picture = (url) => {
      if (!pictures.has(url.href)) {
        const name = url.pathname.split("/").at(-1);
        pictures.set(url.href, `../${emit(name, readFileSync(url))}`);
      }
      return pictures.get(url.href);
    };
    for (const [name, title, entry, path] of all) {
      const sources = entry
        ? [referred(entry, new URL(path, made))]
        : [...parts(name), ...(name === "methods" ? await methods(text("methods/formulas.md")) : [])];
      const ids = new Map();
      const body = sources.map(({ markdown: source, base }) =>
        markdown(source, { base, known, picture, ids }),
      );
      this.emitFile({
        type: "asset",
        fileName: `docs/${name}.html`,
        source: page({ all, name, title, body: body.join("\n"), style, icon }),
      });
    }
  },
});

function page({ all, name, title, body, style, icon }) {
  const heading = /<h1[^>]*>(.*?)<\/h1>/s.exec(body)?.[1]?.replace(/<[^>]+>/g, "");
  if (!heading) throw new Error(`www/docs/${name}.md has no heading of the first rank`);
  const links = all
    .map(
      ([other, label]) =>
        `<li><a href="${other}.html"${other === name ? ' aria-current="page"' : ""}>${escaped(label)}</a></li>`,
    )
    .join("");
  const at = all.findIndex(([other]) => other === name);
  const beside = (step, words) => {
    const [to, label] = all[at + step] ?? [];
    return to ? `<a href="${to}.html" rel="${words}">${escaped(label)}</a>` : "<span></span>";
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${POLICY.replaceAll("'", "&#39;")}">
<meta name="referrer" content="no-referrer">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading} · c3lrp</title>
<link rel="icon" href="../${icon}" type="image/svg+xml">
<link rel="stylesheet" href="../${style}">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header><a href="index.html">c3lrp</a><a href="../index.html">Open the page itself</a></header>
<nav aria-label="Documentation"><details><summary>${escaped(title)}</summary><ul>${links}</ul></details><ul>${links}</ul></nav>
<main id="text">
${body}
</main>
<footer aria-label="Pages beside this one">${beside(-1, "prev")}${beside(1, "next")}</footer>
</body>
</html>
`;
}

import { existsSync, readFileSync } from "node:fs";
import { Marked } from "marked";
import temml from "temml";

const REPOSITORY = new URL("../../", import.meta.url);

export const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A heading's address within its page, as GitHub makes it. */
const slug = (text) =>
  text
    .toLowerCase()
    .replace(/<[^>]+>|&\w+;/g, "")
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

/** A PNG's size as attributes, so that the text below a picture keeps its place while it loads. */
const sized = (url) => {
  if (!url.pathname.endsWith(".png")) return "";
  const head = readFileSync(url).subarray(0, 24);
  return ` width="${head.readUInt32BE(16)}" height="${head.readUInt32BE(20)}"`;
};

/** A formula as MathML; the page's policy allows no style in an attribute, and browsers need none. */
const formula = (tex, displayMode) =>
  temml.renderToString(tex, { displayMode, throwOnError: true }).replace(/ style="[^"]*"/g, "");

/**
 * Markdown as HTML. `base` is what its links start from; those to the sources of `known` pages lead there, pictures go
 * through `picture`, and other files of the repository are named, without a link. `ids` has how often the page has had
 * a heading.
 */
export function markdown(source, { base, known, picture, ids }) {
  const marked = new Marked({
    gfm: true,
    extensions: [
      {
        name: "formula",
        level: "inline",
        start: (text) => text.indexOf("$"),
        tokenizer(text) {
          const [raw, tex] = /^\$([^$\n]+)\$/.exec(text) ?? [];
          return raw ? { type: "formula", raw, tex } : undefined;
        },
        renderer: ({ tex }) => formula(tex, false),
      },
    ],
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const plain = slug(html);
        const before = ids.get(plain) ?? 0;
        ids.set(plain, before + 1);
        const id = before ? `${plain}-${before}` : plain;
        return depth === 1
          ? `<h1 id="${id}">${html}</h1>\n`
          : `<h${depth} id="${id}">${html} <a class="here" href="#${id}" aria-label="Link to “${escaped(html.replace(/<[^>]+>/g, ""))}”">#</a></h${depth}>\n`;
      },
      code({ text, lang = "" }) {
        const [language] = lang.split(" ");
        if (language === "math")
          return `<div class="formula" tabindex="0" role="group" aria-label="Formula">${formula(text, true)}</div>\n`;
        return `<pre tabindex="0" data-language="${escaped(language)}"><code>${escaped(text)}</code></pre>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        if (/^(https?:|#)/.test(href)) return `<a href="${escaped(href)}">${words}</a>`;
        const [path, hash] = href.split("#");
        const url = new URL(path, base);
        const name = known.get(url.href);
        if (name) return `<a href="${name}.html${hash ? `#${hash}` : ""}">${words}</a>`;
        if (!existsSync(url)) throw new Error(`a link leads to ${href}, which is not there`);
        const there = url.href.replace(REPOSITORY.href, "");
        if (words.includes("<code>")) return words;
        return there.endsWith(`/${words}`) ? `<code>${there}</code>` : `${words} (<code>${there}</code>)`;
      },
      image({ href, text }) {
        const url = new URL(href, base);
        return `<img src="${picture(url)}" alt="${escaped(text)}"${sized(url)} loading="lazy">`;
      },
      // A wide table scrolls by itself.
      table(token) {
        const cell = (tag, { tokens, align }) =>
          `<${tag}${align === "right" ? ' class="number"' : ""}>${this.parser.parseInline(tokens)}</${tag}>`;
        // A head over nothing is none.
        const row = (tag, cells) =>
          `<tr>${cells.map((one) => cell(one.text ? tag : "td", one)).join("")}</tr>`;
        const head = token.header.some(({ text }) => text) ? `<thead>${row("th", token.header)}</thead>` : "";
        return `<div class="table" tabindex="0" role="group" aria-label="Table"><table>${head}<tbody>${token.rows.map((cells) => row("td", cells)).join("")}</tbody></table></div>\n`;
      },
    },
  });
  return marked.parse(source);
}

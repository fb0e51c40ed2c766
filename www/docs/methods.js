import { existsSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const pictures = new URL("docs/methods/", root);

/** The methods as the built library lists them. */
export async function listed() {
  const { initSync, Explainer } = await import(new URL("pkg/c3lrp.js", root).href);
  initSync({ module: readFileSync(new URL("pkg/c3lrp_bg.wasm", root)) });
  return Explainer.methods;
}

const shown = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : `\`${value}\``);

/**
 * A section of Markdown for each method that the library has: what it says of itself, its picture and its options from
 * its own table, and its formula and when to use it from `formulas`, which has a heading for each.
 */
export async function methods(formulas) {
  const sections = new Map(
    formulas
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const end = section.indexOf("\n");
        return [section.slice(0, end).trim(), section.slice(end + 1).trim()];
      }),
  );
  const all = await listed();
  for (const name of sections.keys())
    if (!all.some((method) => method.name === name))
      throw new Error(`formulas.md: there is no method ${name}`);
  return all.map(({ name, meaning, source, options }) => {
    const told = sections.get(name);
    if (!told) throw new Error(`www/docs/methods/formulas.md has nothing on ${name}`);
    const picture = existsSync(new URL(`${name}.png`, pictures))
      ? `![The map of ${name}, and what C3 keeps of it](${name}.png)\n\n`
      : "";
    const rows = options.map(
      ({ name: option, meaning: what, choices, byStage, default: value }) =>
        `| \`${option}\` | ${what} | ${choices.length ? choices.map(shown).join(", ") : "a number"}${byStage ? "; or a list by stage" : ""} | ${shown(value)} |`,
    );
    const head = "| option | what it decides | choices | default |\n| --- | --- | --- | --- |\n";
    const count = rows.length === 1 ? "1 option" : `${rows.length} options`;
    const table = rows.length
      ? `<details><summary>${count}</summary>\n\n${head}${rows.join("\n")}\n\n</details>\n`
      : "It has no options.\n";
    return {
      markdown: `## ${name}\n\n${meaning} *${source[0].toUpperCase()}${source.slice(1)}.*\n\n${picture}${told}\n\n${table}`,
      base: pictures,
    };
  });
}

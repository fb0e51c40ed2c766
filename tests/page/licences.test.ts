import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { root } from "./files.ts";
import { expect, test } from "./page.ts";

const shipped = readFileSync(`${root}/pkg/THIRD-PARTY.txt`, "utf8");
/** The table of crates: name and version, licence, repository. */
const rows = [...shipped.matchAll(/^([\w-]+ \d\S*) {2}(\S.*?)(?: {2}http\S*)?$/gm)];
const crates = rows.map(([, crate]) => crate ?? "");

test("the page links to the licences of all of its parts @once", async ({ page }) => {
  const link = page.getByRole("link", { name: "Licences of everything" });
  const answer = await page.request.get(new URL((await link.getAttribute("href")) ?? "", page.url()).href);
  expect(await answer.text()).toBe(shipped);
});

test("every crate that the wasm names is there, and every crate of its graph @once", () => {
  // The places of panics: each is in a file of a crate.
  const wasm = readFileSync(`${root}/pkg/c3lrp_bg.wasm`, "latin1");
  const named = [...wasm.matchAll(/registry\/src\/[^/]+\/([\w-]+?)-(\d+\.\d+\.[^/]+)\//g)];
  const inside = new Set(named.map(([, name, version]) => `${name} ${version}`));
  expect(inside.size).toBeGreaterThan(20);
  for (const crate of inside) expect(crates).toContain(crate);

  const target = ["--target", "wasm32-unknown-unknown"];
  const options = ["tree", "--locked", ...target, "--edges", "normal,no-proc-macro", "--prefix", "none"];
  const tree = execFileSync("cargo", options, { cwd: root, encoding: "utf8" });
  const graph = new Set(
    [...tree.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name} ${version}`),
  );
  graph.delete("c3lrp 0.1.0");
  expect([...graph].sort()).toEqual([...crates].sort());
});

test("every crate has a licence that is known, and a text @once", () => {
  const texts = [...shipped.matchAll(/^Of ((?:[\w-]+ \d[^\s,:]*(?:, |(?=:)))+):\n\n(.+)/gm)];
  const covered = new Set(texts.flatMap(([, names]) => names?.split(", ") ?? []));
  for (const crate of crates) expect(covered).toContain(crate);
  for (const [, crate, licence] of rows)
    expect(licence, crate).toMatch(
      /^\(?(MIT|Apache-2\.0|0BSD|BSD-[23]-Clause|BSL-1\.0|MPL-2\.0|Unlicense|Zlib)\b/,
    );
});

test("the page's npm packages are there, with their texts @once", () => {
  const { dependencies } = JSON.parse(readFileSync(`${root}/www/package.json`, "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(dependencies)) {
    const text = readFileSync(`${root}/www/node_modules/${name}/LICENSE`, "utf8").trim();
    expect(shipped).toContain(`${name} ${version} (`);
    expect(shipped).toContain(text);
  }
});

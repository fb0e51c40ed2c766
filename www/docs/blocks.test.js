import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { blocks, script } from "./blocks.js";
import { listed } from "./methods.js";
import { PAGES, parts } from "./site.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(root, "www/node_modules/.bin/tsc");
const files = [
  "README.md",
  "pkg/README.md",
  ...readdirSync(join(root, "www/docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `www/docs/${name}`),
];
/** A file as it is read, with what it includes of the examples. */
const whole = (file) => {
  const [, page] = /^www\/docs\/(\w+)\.md$/.exec(file) ?? [];
  return page
    ? parts(page)
        .map(({ markdown }) => markdown)
        .join("\n")
    : readFileSync(join(root, file), "utf8");
};
const all = files.flatMap((file) => blocks(whole(file)).map((block) => ({ ...block, file })));

/** What is not installed here: packages beside ours, and what a component's compiler knows of itself. */
const OTHERS = `
declare module "vue" {
  export function ref<T>(value: T): { value: T };
  export function onUnmounted(done: () => void): void;
}
declare module "sharp";
declare module "c3lrp-inline" {
  export { load } from "c3lrp";
}
declare function defineProps<T>(): T;
declare function $props<T>(): T;
declare function $state<T>(value: T): T;
`;

const SCRIPTS = { js: "js", ts: "ts", tsx: "tsx", vue: "ts", svelte: "ts", html: "js" };

const folder = mkdtempSync(join(tmpdir(), "c3lrp-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every example is right by the package's types", () => {
  if (!existsSync(join(root, "pkg/dist/load.d.ts")))
    execFileSync("npm", ["run", "--silent", "package"], { cwd: join(root, "www") });
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(join(root, "pkg"), join(folder, "node_modules/c3lrp"));
  for (const name of ["@types/react", "csstype"])
    symlinkSync(join(root, "www/node_modules", name), join(folder, "node_modules", name));
  const options = {
    target: "ES2022",
    module: "ESNext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    lib: ["ESNext", "DOM", "DOM.Iterable"],
    types: [],
    jsx: "react-jsx",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  // JavaScript looks up elements of its own page, and knows that they are there.
  const loose = { ...options, allowJs: true, checkJs: true, strictNullChecks: false, noImplicitAny: false };
  delete loose.exactOptionalPropertyTypes;
  const config = (name, compilerOptions, include) =>
    writeFileSync(join(folder, name), JSON.stringify({ compilerOptions, include }));
  config("strict.json", options, ["**/*.ts", "**/*.tsx"]);
  config("loose.json", loose, ["**/*.js", "others.d.ts"]);
  writeFileSync(join(folder, "others.d.ts"), OTHERS);

  let count = 0;
  for (const { file, language, name: own, text, line } of all) {
    const extension = SCRIPTS[language];
    // Examples in JavaScript are run, with packages of their own (tests/consumers).
    if (!extension || (own && extension === "js")) continue;
    const component = ["vue", "svelte"].includes(language);
    const modules = language === "html" ? /<script type="module">\n(.*?)<\/script>/s.exec(text)?.[1] : text;
    const code = component ? script(text) : modules;
    if (!code) continue;
    const name = own ?? `line-${line}.${extension}`;
    const place = join(folder, file.replaceAll(/\W/g, "-"));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, name), code);
    count++;
  }
  expect(count).toBeGreaterThan(10);
  const found = ["strict.json", "loose.json"].map((name) => {
    const { stdout, stderr } = spawnSync(tsc, ["-p", name], { cwd: folder, encoding: "utf8" });
    return stdout + stderr;
  });
  expect(found).toEqual(["", ""]);
}, 120_000);

test("every command line is one, and build.sh knows what it is asked for", () => {
  const usage = readFileSync(join(root, "build.sh"), "utf8");
  const commands = all.filter(({ language }) => language === "sh");
  expect(commands.length).toBeGreaterThan(2);
  for (const { file, line, text } of commands) {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
    expect(status, `${file}, line ${line}: ${stderr}`).toBe(0);
    for (const [, part] of text.matchAll(/^\.\/build\.sh ([a-z]+)/gm))
      expect(usage, `${file}, line ${line}`).toContain(`\n  ${part})`);
  }
});

test("every page is in the menu, and every method has its formula and its picture", async () => {
  const pages = files.filter((file) => file.startsWith("www/docs/"));
  expect(pages.map((file) => /(\w+)\.md$/.exec(file)?.[1]).sort()).toEqual(
    PAGES.map(([name]) => name).sort(),
  );
  const formulas = readFileSync(join(root, "www/docs/methods/formulas.md"), "utf8");
  for (const { name } of await listed()) {
    expect(formulas).toContain(`\n## ${name}\n`);
    expect(existsSync(join(root, `docs/methods/${name}.png`)), `docs/methods/${name}.png`).toBe(true);
  }
});

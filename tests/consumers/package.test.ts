import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { add, block, make, PAGE, packed, root, run, SCRIPT } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { serve } from "./server.ts";

test("the package is no larger than it may be, and has nothing that isn't its own", () => {
  const { size, files } = JSON.parse(readFileSync(`${packed}/pack.json`, "utf8")) as {
    size: number;
    files: { path: string }[];
  };
  // The wasm may take 2,500,000 of them (build.sh), the scripts, types and licences the rest.
  expect(size).toBeLessThan(2_650_000);
  const paths = files.map(({ path }) => path);
  for (const path of paths)
    expect(path).toMatch(
      /^(dist\/[\w-]+\.(js|d\.ts)|c3lrp(_bg\.wasm)?\.(js|d\.ts)|c3lrp_bg\.wasm|package\.json|README\.md|LICENSE-\w+|THIRD-PARTY\.txt)$/,
    );
  // What is told of it to TypeScript is there.
  for (const path of paths.filter((path) => path.endsWith(".d.ts"))) {
    const text = readFileSync(`${packed}/package/${path}`, "utf8");
    for (const [, other] of text.matchAll(/from "\.{1,2}\/([\w./-]+)\.js"/g))
      expect(
        paths.some((path) => path.endsWith(`${other?.replace("dist/", "")}.d.ts`)),
        `${path}: ${other}`,
      ).toBe(true);
  }
});

test("the package of one file is one, and fits", async ({ page }) => {
  const folder = make("inline", {}, ".");
  add(folder, "c3lrp-inline");
  const text = SCRIPT.replace('"c3lrp"', '"./node_modules/c3lrp-inline/index.js"');
  writeFileSync(`${folder}/main.js`, text);
  writeFileSync(`${folder}/index.html`, PAGE('<script type="module" src="main.js"></script>'));
  rmSync(`${folder}/node_modules/c3lrp`, { recursive: true });
  const server = await serve(folder);
  try {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(server.page);
    expect(await foundOn(page)).toEqual(await foundInNode());
    expect(asked.filter((path) => /wasm|worker/.test(path))).toEqual([]);
    expect(statSync(`${folder}/node_modules/c3lrp-inline/index.js`).size).toBeLessThan(3_500_000);
  } finally {
    server.stop();
  }
});

test("a picture on a page with its overlay, progress and cancel takes ten lines at most", () => {
  const code = block("A picture on a page", "js");
  for (const needed of ["over(", "onProgress", "abort()"]) expect(code).toContain(needed);
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(10);
});

test("publint finds nothing", async () => {
  const { publint } = await import("publint");
  for (const folder of ["", "c3lrp-birds/", "c3lrp-inline/"]) {
    const { messages } = await publint({ pkgDir: `${packed}/${folder}package`, strict: true });
    expect(messages, folder).toEqual([]);
  }
});

test("are the types wrong? they are not", async () => {
  // CommonJS takes it by import() alone, from Node 20 on by require() as well.
  const words = ["--profile", "esm-only", "--format", "json", "--exclude-entrypoints", "./c3lrp_bg.wasm"];
  await run(packed, "@arethetypeswrong/cli/dist/index.js", tarball(), ...words);
});

const tarball = (): string =>
  (JSON.parse(readFileSync(`${packed}/pack.json`, "utf8")) as { filename: string }).filename;

const STRICT = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  target: "es2022",
};
/** Who compiles, with what. */
const SIDES = {
  page: { files: ["use.ts", "page.ts"], lib: ["es2022", "dom"], types: [] },
  node: { files: ["use.ts"], lib: ["es2022"], types: ["node"] },
  both: { files: ["use.ts", "page.ts"], lib: ["esnext", "dom", "dom.iterable"], types: ["node"] },
} as const;

test("strict types of the other packages", async () => {
  const folder = make("types-others", {
    "main.ts": `import { type Explanation, load } from "c3lrp-inline";
      import { networks } from "c3lrp-birds";
      const explainer = await load(networks.resnet50.url, { integrity: networks.resnet50.integrity });
      export const explanation: Explanation = await explainer.explain(new Blob([]));`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { ...STRICT, module: "nodenext", ...SIDES.page, files: undefined },
      files: ["main.ts"],
    }),
  });
  add(folder, "c3lrp-birds");
  add(folder, "c3lrp-inline");
  await run(folder, "typescript/bin/tsc", "-p", ".");
});

for (const typescript of ["typescript-5.7", "typescript-5.9", "typescript"]) {
  for (const [side, { files, lib, types }] of Object.entries(SIDES)) {
    test(`strict types by ${typescript}: ${side}`, async () => {
      const text = (name: string): string => readFileSync(`${root}/tests/consumers/types/${name}`, "utf8");
      const resolving =
        side === "page" ? { module: "esnext", moduleResolution: "bundler" } : { module: "nodenext" };
      const compilerOptions = { ...STRICT, ...resolving, lib, types };
      const folder = make(`types-${typescript}-${side}`, {
        ...Object.fromEntries(files.map((name) => [name, text(name)])),
        "tsconfig.json": JSON.stringify({ compilerOptions, files }),
      });
      await run(folder, `${typescript}/bin/tsc`, "-p", ".");
    });
  }
}

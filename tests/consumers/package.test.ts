import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { block, make, packed, root, run } from "./made.ts";

test("the package is no larger than it may be, and has nothing that isn't its own", () => {
  const { size, files } = JSON.parse(readFileSync(`${packed}/pack.json`, "utf8")) as {
    size: number;
    files: { path: string }[];
  };
  expect(size).toBeLessThan(2_600_000);
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

test("a picture on a page with its overlay, progress and cancel takes ten lines at most", () => {
  const code = block("A picture on a page", "js");
  for (const needed of ["over(", "onProgress", "abort()"]) expect(code).toContain(needed);
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(10);
});

test("publint finds nothing", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: `${packed}/package`, strict: true });
  expect(messages).toEqual([]);
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

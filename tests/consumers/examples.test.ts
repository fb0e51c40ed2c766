import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { BIRD, make, root, run } from "./made.ts";
import { serve } from "./server.ts";

/** An example of the repository in a folder of its own, with the package as it is packed, and what `npm start` copies. */
async function example(name: string, assets = "."): Promise<string> {
  const folder = make(`example-${name}`, {}, assets);
  const own = (path: string): boolean => !/node_modules|\.next|\/dist\b/.test(path.slice(root.length));
  cpSync(`${root}/examples/${name}`, folder, { recursive: true, filter: own });
  await run(folder, `${root}/examples/assets.mjs`, assets);
  return folder;
}

test("the example in HTML", async ({ page }) => {
  const server = await serve(await example("html"));
  try {
    await page.goto(server.page);
    await expect(page.getByRole("status")).toContainText(BIRD.species);
    await expect(page.locator("c3lrp-explainer canvas")).toBeVisible();
  } finally {
    server.stop();
  }
});

test("the example with React", async ({ page }) => {
  const folder = await example("react", "public");
  await run(folder, "vite/bin/vite.js", "build", "--target", "es2022", "--logLevel", "error");
  const server = await serve(`${folder}/dist`);
  try {
    await page.goto(server.page);
    await expect(page.locator("figcaption")).toHaveText(BIRD.species);
    await expect(page.locator("figure canvas")).toHaveCount(1);
  } finally {
    server.stop();
  }
});

test("the example with Next, in the browser and on the server", async ({ page }) => {
  const folder = await example("next", "public");
  await run(folder, "next/dist/bin/next", "build");
  const next = `${root}/tests/consumers/node_modules/next/dist/bin/next`;
  const server = spawn("node", [next, "start", "--port", "0"], { cwd: folder });
  try {
    const address = await new Promise<string>((found, failed) => {
      let said = "";
      const hear = (text: Buffer): void => {
        said += text;
        const local = /http:\/\/localhost:\d+/.exec(said)?.[0];
        if (local) found(local);
      };
      server.stdout.on("data", hear);
      server.stderr.on("data", hear);
      server.on("exit", () => failed(new Error(`Next did not start: ${said}`)));
    });
    await page.goto(address);
    await expect(page.locator("figcaption")).toHaveText(BIRD.species);
    await expect(page.locator("figure canvas")).toHaveCount(1);
    const answer = await (await fetch(`${address}/api/explain`)).json();
    expect(answer).toMatchObject({ label: BIRD.species });
    expect(answer.probability).toBeGreaterThan(0.9);
  } finally {
    server.kill();
  }
});

test("the example for Node", async () => {
  const folder = await example("node");
  const said = await run(
    folder,
    `${folder}/explain.mjs`,
    ...["bird.png", "birds-resnet50.safetensors", "bird-map.png"],
  );
  expect(said).toContain(BIRD.species);
  expect(readFileSync(`${folder}/bird-map.png`).toString("latin1", 1, 4)).toBe("PNG");
});

test("the notebook reads a map that the command line wrote", async () => {
  const python = process.env.PYTHON ?? "python3";
  const command = `${root}/target/release/c3lrp`;
  const able = (): boolean => {
    try {
      execFileSync(python, ["-c", "import numpy, matplotlib"], { stdio: "ignore" });
      return existsSync(command);
    } catch {
      return false;
    }
  };
  test.skip(!able(), "there is no c3lrp, or no Python with numpy and matplotlib; PYTHON names one");
  const folder = await example("python");
  const files = ["explain", "bird.png", "--weights", "birds-resnet50.safetensors"];
  execFileSync(command, [...files, "--relevance", "relevance.npy"], { cwd: folder });
  const notebook = JSON.parse(readFileSync(`${folder}/relevance.ipynb`, "utf8")) as {
    cells: { cell_type: string; source: string[] }[];
  };
  const code = notebook.cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join(""));
  const script = [...code, "assert relevance.shape == (3, 224, 224)"].join("\n");
  const env = { ...process.env, MPLBACKEND: "Agg" };
  const said = execFileSync(python, ["-c", script], { cwd: folder, encoding: "utf8", env });
  expect(said).toMatch(/half of the positive relevance lies on \d+\.\d % of the pixels/);
  expect(existsSync(`${folder}/relevance.png`)).toBe(true);
});

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { add, BIRD, block, make, PAGE, run } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { serve } from "./server.ts";

const SCRIPT = `${block("Birds whose truth is known", "js")}globalThis.explanation = explanation;\n`;

test("the README's birds in Node; another network, and none at all, are errors", async () => {
  const folder = make("birds-node", {}, ".");
  const node = (script: string): string => {
    writeFileSync(`${folder}/main.js`, script);
    return execFileSync("node", ["main.js"], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  };
  const failing = (network: string): string =>
    node(`import { loadBirds } from "c3lrp/birds";
      await loadBirds("${network}").catch(({ name, code }) => console.log(name, code));`).trim();
  expect(failing("resnet50")).toBe("DownloadError birds-missing");
  add(folder, "c3lrp-birds");
  expect(failing("resnet18")).toBe("OptionsError birds-network");
  expect(node(`${SCRIPT}birds.close();`)).toContain(BIRD.species);
});

for (const vite of ["vite", "vite-7"]) {
  test(`the README's birds with ${vite}, which takes the networks along`, async ({ page }) => {
    const script = '<script type="module" src="./main.js"></script>';
    const folder = make(`birds-${vite}`, { "index.html": PAGE(script), "main.js": SCRIPT });
    add(folder, "c3lrp-birds");
    await run(folder, `${vite}/bin/vite.js`, "build", "--target", "es2022", "--logLevel", "error");
    const server = await serve(`${folder}/dist`);
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(request.url()));
    try {
      await page.goto(server.page);
      expect(await foundOn(page)).toEqual(await foundInNode());
      expect(fetched.filter((url) => url.endsWith(".safetensors"))).toHaveLength(1);
    } finally {
      server.stop();
    }
  });
}

import { expect, test } from "@playwright/test";
import { BIRD, make, PAGE, SCRIPT } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { started, stopped } from "./started.ts";

const MODULE = '<script type="module" src="./main.js"></script>';

for (const vite of ["vite", "vite-7"]) {
  test(`the README's lines with ${vite}'s development server, without configuration`, async ({ page }) => {
    const folder = make(`${vite}-development`, { "index.html": PAGE(MODULE), "main.js": SCRIPT });
    const { page: address, server } = await started(folder, `${vite}/bin/vite.js`, "--port", "0");
    try {
      await page.goto(address);
      const found = await foundOn(page);
      expect(found.label).toBe(BIRD.species);
      expect(found).toEqual(await foundInNode());
    } finally {
      await stopped(server);
    }
  });
}

import { expect, test } from "@playwright/test";
import { CONSUMERS } from "./consumers.ts";
import { BIRD } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { serve } from "./server.ts";

for (const consumer of CONSUMERS) {
  test(`the README's lines with ${consumer.name}`, async ({ page }) => {
    const server = await serve(await consumer.build());
    try {
      await page.goto(server.page);
      const found = await foundOn(page);
      expect(found.label).toBe(BIRD.species);
      expect(found).toEqual(await foundInNode());
      await expect(page.locator("img + canvas")).toBeVisible();
    } finally {
      server.stop();
    }
  });
}

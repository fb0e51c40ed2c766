import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect } from "./page.ts";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Holds what the page shows now to the rules of axe-core: all of its rules for WCAG 2.2 A and AA, and good practice. */
export async function accessible(page: Page, state: string): Promise<void> {
  await page.evaluate(`(() => { if (!globalThis.axe) { ${source} } })()`);
  const found = await page.evaluate(async () => {
    // What is half faded in has half its contrast.
    const fading = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
  expect(found, state).toEqual([]);
}

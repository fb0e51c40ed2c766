import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { canvasBytes, classes, dropPicture, expect, loadWeights, mapShown, test } from "./page.ts";
import { FIREFOX } from "./playwright.config.ts";

// Firefox's WebGPU, which it keeps to itself on most systems. On a software adapter every shader takes its time.
const PATIENCE = 240_000;

test.use({
  launchOptions: {
    executablePath: FIREFOX,
    firefoxUserPrefs: {
      "dom.webgpu.enabled": true,
      "dom.webgpu.workers.enabled": true,
      "gfx.webgpu.ignore-blocklist": true,
    },
  },
});

const pixels = (page: Page): Promise<number[]> => canvasBytes(page.locator("#map"));

test("WebGPU's map is the CPU's but for rounding", async ({ page }) => {
  test.setTimeout(2 * PATIENCE);
  const adapter = await page.evaluate(async () => {
    const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<object | null> } };
    return Boolean(await gpu?.requestAdapter());
  });
  test.skip(!adapter, "Firefox finds no GPU adapter here");

  await page.getByLabel("CPU", { exact: true }).check();
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const [answer, map] = [await classes(page), await pixels(page)];
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", { timeout: PATIENCE });
  await mapShown(page, PATIENCE);
  expect(await classes(page)).toEqual(answer);
  const onGpu = await pixels(page);
  expect(onGpu).toHaveLength(map.length);
  const off = onGpu.reduce((sum, value, at) => sum + Math.abs(value - (map[at] ?? 0)), 0) / map.length;
  expect(off, "of 255").toBeLessThan(0.1);
});

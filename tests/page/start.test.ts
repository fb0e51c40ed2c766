import type { Page, Route } from "@playwright/test";
import { canvasHash, classes, expect, mapShown, open, bare as test } from "./page.ts";

// WebGPU on a software adapter, whose kernels are measured anew in each of these.
const PATIENCE = 240_000;
test.describe.configure({ timeout: PATIENCE + 60_000 });

/** The software adapter passes for a GPU, which the page goes over to by itself. */
async function withGpu(page: Page): Promise<void> {
  await page.context().route(/\/assets\/(light|worker)-[^/]*\.js$/, async (route) => {
    const answer = await route.fetch();
    const real = 'Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { value: false });';
    await route.fulfill({ response: answer, body: `${real}\n${await answer.text()}` });
  });
}

/** Holds the full engine back, and gives what decides on it. */
async function heldBack(page: Page): Promise<(decide: (route: Route) => Promise<void>) => void> {
  let decided: (decide: (route: Route) => Promise<void>) => void = () => {};
  const decision = new Promise<(route: Route) => Promise<void>>((resolve) => {
    decided = resolve;
  });
  await page.context().route("**/assets/c3lrp_bg-*.wasm", async (route) => (await decision)(route));
  return decided;
}

test("with a GPU the page opens on the CPU, answers on it, and goes over when the GPU is ready @webgpu", async ({
  page,
  server,
}) => {
  await withGpu(page);
  const decide = await heldBack(page);
  await open(page, server.page);
  await expect(page.locator("#badge")).toContainText("CPU");
  await expect(page.locator("#reason")).toContainText("A GPU is here");
  // Another class is asked for meanwhile.
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  const onCpu = await classes(page);
  await expect(page.locator("#times")).toContainText("On the CPU");

  // The software adapter is slower than the CPU, which stays; what was measured is kept.
  decide((route) => route.continue());
  await expect(page.locator("#reason")).toContainText("The GPU here is slower than the CPU", {
    timeout: PATIENCE,
  });
  await expect(page.locator("#badge")).toContainText("CPU");
  await expect(page.locator("#times")).toContainText("On the CPU");
  await mapShown(page);
  expect(await classes(page)).toEqual(onCpu);
  await expect.poll(() => page.workers().length).toBe(1);

  // On the next visit the CPU is said to have been slower.
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem("c3lrp-kernels") ?? "");
    for (const { layers } of kept) for (const layer of layers) layer.cpu *= 1e6;
    localStorage.setItem("c3lrp-kernels", JSON.stringify(kept));
  });
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#badge")).toContainText("WebGPU", { timeout: PATIENCE });
  await expect(page.locator("#times")).toContainText("On WebGPU", { timeout: PATIENCE });
  await mapShown(page);
  await expect(page.locator("#headline")).toContainText("What speaks for");
  expect(await classes(page)).toEqual(onCpu);
  await expect(page.getByLabel("Auto")).toBeChecked();
  await expect(page.locator("#notice")).toBeHidden();
  await expect.poll(() => page.workers().length).toBe(1);
});

test("a full engine that can't be fetched leaves the CPU at work @webgpu", async ({ page, server }) => {
  await withGpu(page);
  const decide = await heldBack(page);
  await open(page, server.page);
  const map = await canvasHash(page, "#map");
  const gone = page.waitForEvent("console", { predicate: (said) => said.text().includes("GPU is not used") });
  decide((route) => route.abort());
  await gone;
  await expect(page.locator("#notice")).toBeHidden();
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  await page.locator("#top button").first().click();
  await expect(page.locator("#headline")).toContainText("It sees");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(map);
  await expect(page.locator("#badge")).toContainText("CPU");
});

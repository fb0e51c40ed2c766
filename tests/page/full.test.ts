import { files, screenshots } from "./files.ts";
import { classes, commandLine, dropPicture, expect, loadWeights, mapShown, test } from "./page.ts";

// ResNet-50 in full size. Times are printed, not judged: that is the benchmarks' business.

test("ResNet-50 explains on the CPU", async ({ page }) => {
  await loadWeights(page, files.full);
  const start = performance.now();
  await dropPicture(page, files.cat);
  await mapShown(page);
  const said = await page.locator("#times").textContent();
  console.log(
    `ResNet-50, CPU: ${((performance.now() - start) / 1000).toFixed(1)} s from drop to map. ${said}`,
  );
  expect((await classes(page)).target).toBe(commandLine(files.cat, files.full).target);
  await page.screenshot({ path: `${screenshots}/resnet50-cpu.png` });
});

test("ResNet-50 explains on WebGPU", async ({ page }) => {
  await loadWeights(page, files.full);
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", { timeout: 120_000 });
  const start = performance.now();
  await dropPicture(page, files.cat);
  await mapShown(page, 240_000);
  const said = await page.locator("#times").textContent();
  console.log(
    `ResNet-50, WebGPU: ${((performance.now() - start) / 1000).toFixed(1)} s from drop to map. ${said}`,
  );
  expect((await classes(page)).target).toBe(commandLine(files.cat, files.full).target);
  await page.screenshot({ path: `${screenshots}/resnet50-webgpu.png` });
});

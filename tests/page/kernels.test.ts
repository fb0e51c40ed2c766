import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { kept, remember } from "./kernels.ts";
import { classes, dropPicture, expect, inGpuWorkers, loadWeights, mapShown, test } from "./page.ts";

// WebGPU on a software adapter, which compiles each shader for a second.
test.describe.configure({ timeout: 240_000 });
const PATIENCE = { timeout: 120_000 };

/** Changes the text of our own shaders on their way to the GPU. */
const changeShaders = (page: Page, from: string, to: string): Promise<void> =>
  inGpuWorkers(
    page,
    ([from, to]) => {
      const { prototype } = (globalThis as unknown as { GPUDevice: { prototype: Maker } }).GPUDevice;
      interface Maker {
        createShaderModule(descriptor: { code: string }): unknown;
      }
      const { createShaderModule } = prototype;
      prototype.createShaderModule = function (descriptor) {
        return createShaderModule.call(this, { ...descriptor, code: descriptor.code.replaceAll(from, to) });
      };
    },
    [from, to] as const,
  );

/**
 * The small network explains the picture on the CPU, then on WebGPU, whose kernels for 3×3 convolutions are yet to be
 * measured.
 */
async function bothDevices(page: Page): Promise<void> {
  await remember(page, "burn", "small", ({ geometry }) => geometry.kernel === 3);
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const onCpu = await classes(page);
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", PATIENCE);
  await mapShown(page);
  expect(await classes(page)).toEqual(onCpu);
}

test("kernels are measured once, and remembered @webgpu", async ({ page }) => {
  await bothDevices(page);
  const first = await kept(page);
  const measured = first.filter(({ geometry }) => geometry.kernel === 3);
  // Four stages' shapes, forward and back.
  expect(measured).toHaveLength(8);
  for (const { chosen, milliseconds, dropped } of measured) {
    expect(dropped).toEqual([]);
    expect(milliseconds.map(([candidate]) => candidate)).toContain(chosen);
  }
  await page.getByLabel("CPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("CPU");
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", PATIENCE);
  await mapShown(page);
  expect(await kept(page)).toEqual(first);
});

for (const [what, from, to] of [
  ["computes something else", "y[at] = value;", "y[at] = value * 1.01;"],
  ["does not compile", "y[at] = value;", "y[at] = nonsense;"],
] as const)
  test(`a kernel that ${what} is dropped, and the map is right @webgpu @workers`, async ({ page }) => {
    await changeShaders(page, from, to);
    await bothDevices(page);
    const layers = await kept(page);
    const tried = layers.filter(({ dropped }) => dropped.length > 0);
    expect(tried.length).toBeGreaterThan(0);
    for (const { chosen, dropped } of tried) {
      expect(chosen).toBe("burn");
      expect(dropped[0]?.[0]).toBe("tiled");
    }
  });

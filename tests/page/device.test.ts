import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { remember } from "./kernels.ts";
import {
  classes,
  commandLine,
  dropPicture,
  expect,
  inGpuWorkers,
  loadWeights,
  mapShown,
  test,
  workerOf,
} from "./page.ts";

// WebGPU on a software adapter, which compiles each shader for a second.
test.describe.configure({ timeout: 240_000 });
const PATIENCE = { timeout: 120_000 };

/** Keeps hold of the GPU devices that the page's worker gets, so that a test can take one away. */
const holdDevices = (page: Page): Promise<void> =>
  inGpuWorkers(
    page,
    () => {
      const scope = globalThis as unknown as {
        held: { destroy(): void }[];
        GPUAdapter: { prototype: Holder };
      };
      interface Holder {
        requestDevice(...options: unknown[]): Promise<{ destroy(): void }>;
      }
      scope.held = [];
      const { requestDevice } = scope.GPUAdapter.prototype;
      scope.GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await requestDevice.apply(this, options);
        scope.held.push(device);
        return device;
      };
    },
    undefined,
  );

test("auto takes the CPU when the adapter is software, and says why; WebGPU can be asked for @webgpu", async ({
  page,
}) => {
  await loadWeights(page, files.small);
  await expect(page.locator("#badge")).toContainText("CPU");
  await expect(page.locator("#reason")).toContainText(/software/i);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const onCpu = await classes(page);

  await remember(page, "burn", "small");
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", PATIENCE);
  await mapShown(page);
  expect(await classes(page)).toEqual(onCpu);
  await expect(page.locator("#times")).toContainText("On WebGPU");

  await page.getByLabel("CPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("CPU");
});

test("a GPU that goes away midway is told, and the page goes on with the CPU @webgpu @workers", async ({
  page,
}) => {
  await holdDevices(page);
  await loadWeights(page, files.middle);
  await mapShown(page);
  await remember(page, "burn", "middle");
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#badge")).toContainText("WebGPU", PATIENCE);
  await dropPicture(page, files.cat);
  await expect(page.locator("#work-what")).toHaveText(/forward|backward/i);
  await (await workerOf(page)).evaluate(() => {
    const { held } = globalThis as unknown as { held: { destroy(): void }[] };
    for (const device of held) device.destroy();
  });
  await expect(page.locator("#notice")).toContainText("The GPU stopped responding");
  await mapShown(page);
  await expect(page.locator("#badge")).toContainText("CPU");
  expect((await classes(page)).target).toBe(commandLine(files.cat, files.middle).target);

  // And the page explains other things after that.
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
});

test("a GPU that computes wrongly is not used, and the page says why @webgpu @workers", async ({ page }) => {
  await inGpuWorkers(
    page,
    () => {
      // Every command is dropped: what is read back are the old numbers in the buffers.
      const scope = globalThis as unknown as {
        GPUComputePassEncoder: { prototype: { dispatchWorkgroups(): void } };
      };
      scope.GPUComputePassEncoder.prototype.dispatchWorkgroups = () => {};
    },
    undefined,
  );
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  await page.getByLabel("WebGPU", { exact: true }).check();
  await expect(page.locator("#notice")).toContainText("self-test");
  await expect(page.locator("#badge")).toContainText("CPU");
  await mapShown(page);
});

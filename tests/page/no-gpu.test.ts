import { files } from "./files.ts";
import { dropPicture, expect, loadWeights, mapShown, reopen, test } from "./page.ts";

test("without a GPU adapter the CPU explains, and the page says why", async ({ page, server }) => {
  await loadWeights(page, files.small);
  await expect(page.locator("#badge")).toContainText("CPU");
  await expect(page.locator("#reason")).toContainText(/WebGPU|GPU adapter/);
  await dropPicture(page, files.cat);
  await mapShown(page);
  // Also where the GPU is asked for.
  await page.getByLabel("WebGPU", { exact: true }).click();
  await expect(page.locator("#notice")).toContainText(/WebGPU/);
  const fetched = server.requests.map(({ path }) => path).filter((path) => path.endsWith(".wasm"));
  expect(fetched, "the light engine alone is fetched").toEqual([
    expect.stringContaining("/light-relaxed_bg-"),
  ]);
});

test("without WebGPU in the browser, asking for it is refused in a sentence", async ({ page, context }) => {
  // Workers know no init scripts: the worker's own script is served with WebGPU taken out of it.
  await context.route("**/assets/light-*.js", async (route) => {
    const answer = await route.fetch();
    const body = `Object.defineProperty(WorkerNavigator.prototype, "gpu", { value: undefined });\n${await answer.text()}`;
    await route.fulfill({ response: answer, body });
  });
  await reopen(page);
  await loadWeights(page, files.small);
  await expect(page.locator("#badge")).toContainText("CPU");
  await dropPicture(page, files.cat);
  await mapShown(page);

  await page.getByLabel("WebGPU", { exact: true }).click();
  await expect(page.locator("#notice")).toContainText(/WebGPU/);
  await expect(page.getByLabel("Auto")).toBeChecked();
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
});

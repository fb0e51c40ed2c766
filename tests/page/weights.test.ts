import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { expect, loadWeights, mapShown, open, pictureIs, reopen, test } from "./page.ts";
import type { Server } from "./server.ts";

const linked = (server: Server): string => `${server.page}?weights=${encodeURIComponent(server.weights)}`;
const loaded = (page: Page, name: string): Promise<void> =>
  expect(page.locator("#model-name")).toHaveText(name);
const card = "#cards .card:first-child";
const use = `${card} .row button:first-child`;

for (const ranges of [true, false]) {
  test(`weights are fetched, cancelled, ${ranges ? "resumed" : "started over"}, kept and deleted`, async ({
    page,
    server,
  }) => {
    server.manner = { ranges, pace: 150, breakAfter: 1 };
    await open(page, linked(server));
    await expect(page.locator(`${card} h3`)).toHaveText("model.safetensors");
    expect(server.asked, "nothing is fetched before the click").toEqual([]);
    await page.locator(use).click();
    await expect(page.locator("#loading-what")).toContainText(/[1-9]\d+ of \d+ kB/);
    await page.locator("#loading-cancel").click();
    await expect(page.locator(use)).toHaveText("Resume");
    await expect(page.locator("#notice"), "calling off is no error").toBeHidden();

    // What came in outlives the page.
    await reopen(page);
    await expect(page.locator(use)).toHaveText("Resume");
    await page.locator(use).click();
    await expect(page.locator("#notice")).toContainText(ranges ? "Going on from" : "cannot resume");
    await loaded(page, "model.safetensors");
    expect(server.asked).toHaveLength(2);
    expect(server.asked[1]).toMatch(/^bytes=[1-9]\d*-$/);

    await reopen(page);
    await expect(page.locator(use)).toHaveText("Use");
    await page.locator(use).click();
    await loaded(page, "model.safetensors");
    await page.setInputFiles("#file", files.cat);
    await pictureIs(page, "cat.png");
    await mapShown(page);
    expect(server.asked, "the kept copy needs no network").toHaveLength(2);

    await reopen(page);
    await page.getByRole("button", { name: "Delete what is kept" }).click();
    await expect(page.locator(use)).toHaveText(/^Download/);
  });
}

test("a download that breaks off says so and goes on from there", async ({ page, server }) => {
  server.manner = { ranges: true, pace: 20, breakAfter: 0.4 };
  await open(page, linked(server));
  await page.locator(use).click();
  await expect(page.locator("#notice")).toContainText(/broke off at .* Press Resume/);
  server.manner.breakAfter = 1;
  await page.locator(use).click();
  await loaded(page, "model.safetensors");
  expect(server.asked.at(-1)).toMatch(/^bytes=/);
});

test("weights that are no longer there are a sentence", async ({ page, server }) => {
  await open(page, `${server.page}?weights=${encodeURIComponent(`${server.page}nothing.safetensors`)}`);
  await page.locator(use).click();
  await expect(page.locator("#notice")).toContainText("404");
  await loadWeights(page, files.small);
});

test("ResNet-50's public weights are asked for where they live", async ({ page }) => {
  const asked: string[] = [];
  await page.route("https://huggingface.co/**", async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ path: files.small, headers: { "Access-Control-Allow-Origin": "*" } });
  });
  await page.getByRole("button", { name: "Download ResNet-50, 102 MB" }).click();
  await expect(page.locator("#model-name")).toHaveText("ResNet-50, ImageNet");
  expect(asked).toEqual(["https://huggingface.co/timm/resnet50.tv_in1k/resolve/main/model.safetensors"]);
});

test("the page talks to nobody by itself", async ({ page, server }) => {
  const others: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server.page)) others.push(request.url());
  });
  await reopen(page);
  await loadWeights(page, files.small);
  await page.getByRole("button", { name: /Sample picture: A ginger/ }).click();
  await pictureIs(page, "A ginger tabby cat, close up");
  await mapShown(page);
  expect(others.filter((url) => !url.startsWith("blob:"))).toEqual([]);
});

import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { COMMIT, Hub, repository, timm } from "./hub.ts";
import { expect, loadWeights, mapShown, open, pictureIs, reopen, test } from "./page.ts";
import { Server } from "./server.ts";

const linked = (server: Server): string => `${server.page}?weights=${encodeURIComponent(server.weights)}`;
const loaded = (page: Page, name: string): Promise<void> =>
  expect(page.locator("#model-name")).toHaveText(name);
const card = "#cards .card:first-child";
const use = `${card} .row button:first-child`;

for (const [ranges, goesOn] of [
  [true, "resumed, kept and deleted"],
  [false, "started over, kept and deleted @once"],
] as const) {
  test(`weights are fetched, cancelled, ${goesOn}`, async ({ page, server }) => {
    server.manner = { ranges, pace: 150, breakAfter: 1 };
    await open(page, linked(server));
    await expect(page.locator(`${card} h3`)).toHaveText("model.safetensors");
    expect(server.asked, "nothing is fetched before the click").toEqual([]);
    await page.locator(use).click();
    await expect(page.locator(`${card} .transfer p`)).toContainText(/[1-9]\d+ of \d+ kB/);
    await page.getByRole("button", { name: "Cancel the download of model.safetensors" }).click();
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

test("weights whose address is no text are offered as it stands @once", async ({ page, server }) => {
  await open(page, `${server.page}?weights=${encodeURIComponent(`${server.page}%E0%A4.safetensors`)}`);
  await expect(page.locator("#cards .card:first-child")).toContainText("%E0%A4.safetensors");
});

test("weights that are no longer there are a sentence @once", async ({ page, server }) => {
  await open(page, `${server.page}?weights=${encodeURIComponent(`${server.page}nothing.safetensors`)}`);
  await page.locator(use).click();
  await expect(page.locator("#notice")).toContainText("404");
  await loadWeights(page, files.small);
});

test("ResNet-50's public weights are asked for where they live, at one commit @routes @once", async ({
  page,
}) => {
  const hub = new Hub();
  hub.repositories["timm/resnet50.tv_in1k"] = repository(timm("resnet50"), files.small);
  await hub.answerFor(page);
  await page.locator("#change").click();
  await page.getByRole("button", { name: "Download, 102 MB" }).click();
  await expect(page.locator("#model-name")).toHaveText("ResNet-50, ImageNet");
  const at = `/timm/resnet50.tv_in1k/resolve/${COMMIT}`;
  expect(hub.asked).toEqual([
    "/api/models/timm/resnet50.tv_in1k?blobs=true",
    `${at}/config.json`,
    `${at}/model.safetensors`,
  ]);
});

test("the page talks to nobody by itself @requests", async ({ page, server }) => {
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

/** Downloads the linked weights, and opens the page anew. */
async function fetchAndReopen(page: Page, server: Server): Promise<void> {
  await open(page, linked(server));
  await page.locator(use).click();
  await loaded(page, "model.safetensors");
  await reopen(page);
  await expect(page.locator(use)).toHaveText("Use");
}

for (const [what, where] of [
  ["altered", ""],
  ["missing", " @once"],
] as const) {
  test(`kept weights of which a piece is ${what} are not used, and can be had again${where}`, async ({
    page,
    server,
  }) => {
    await fetchAndReopen(page, server);
    await page.evaluate(async (what) => {
      const cache = await caches.open("c3lrp-weights");
      const pieces = (await cache.keys()).filter(({ url }) => /\/\d+$/.test(url));
      const piece = pieces.at(-1);
      if (!piece) throw new Error("nothing is kept");
      const bytes = new Uint8Array((await (await cache.match(piece))?.arrayBuffer()) ?? []);
      // One bit of one weight.
      const last = bytes.length - 1;
      bytes[last] = 1 ^ (bytes[last] ?? 0);
      await (what === "altered" ? cache.put(piece, new Response(bytes)) : cache.delete(piece));
    }, what);
    await page.locator(use).click();
    // What the browser threw away is fetched again by itself; what has changed is a matter for the person.
    if (what === "altered") {
      await expect(page.locator("#notice")).toContainText(
        /has changed since it was downloaded, so it was thrown away. Download them again/,
      );
      await expect(page.locator(use)).toHaveText(/^Download/);
      await expect(page.locator("#model-name"), "what was loaded stays").toHaveText("Birds");
      await page.locator(use).click();
    }
    await loaded(page, "model.safetensors");
    expect(server.asked).toEqual(["whole", "whole"]);
    await mapShown(page);
  });
}

test("a note of what is kept that can't be read is as good as none @once", async ({ page, server }) => {
  await fetchAndReopen(page, server);
  await page.evaluate(async () => {
    const cache = await caches.open("c3lrp-weights");
    for (const entry of await cache.keys())
      if (entry.url.endsWith("/ledger")) await cache.put(entry, new Response('{"pieces":[5'));
  });
  await reopen(page);
  await expect(page.locator(use)).toHaveText(/^Download/);
  await page.locator(use).click();
  await loaded(page, "model.safetensors");
});

const lasts = "They last until this page is closed";

test("weights that find no room are used all the same, and the page says so @debugger", async ({
  page,
  server,
}) => {
  const browser = await page.context().newCDPSession(page);
  const { origin } = new URL(server.page);
  await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await open(page, linked(server));
  await page.locator(use).click();
  await expect(page.locator("#notice")).toContainText(lasts);
  await loaded(page, "model.safetensors");
  await mapShown(page);
  await reopen(page);
  await expect(page.locator(use)).toHaveText(/^Download/);
});

test("weights are used where the browser forbids to keep them @init-scripts", async ({ page, server }) => {
  await page.addInitScript(() => {
    CacheStorage.prototype.open = () => Promise.reject(new DOMException("forbidden", "SecurityError"));
  });
  await open(page, linked(server));
  await page.locator(use).click();
  await expect(page.locator("#notice")).toContainText(lasts);
  await loaded(page, "model.safetensors");
  await mapShown(page);
});

test("room that ends midway keeps what it has, and the rest goes on @init-scripts", async ({ page }) => {
  const server = new Server(files.middle);
  await server.start();
  try {
    await page.addInitScript(() => {
      const { put } = Cache.prototype;
      Cache.prototype.put = function (key, answer) {
        const full = /\/[1-9]\d*$/.test(String(key));
        const error = new DOMException("full", "QuotaExceededError");
        return full ? Promise.reject(error) : put.call(this, key, answer);
      };
    });
    server.manner = { ranges: true, pace: 20, breakAfter: 0.9 };
    await open(page, linked(server));
    await page.locator(use).click();
    await expect(page.locator("#notice")).toContainText(
      /broke off at .* of .* MB. Press Resume to go on from [45]\.\d MB/,
    );
    server.manner.breakAfter = 1;
    await page.locator(use).click();
    await loaded(page, "model.safetensors");
    await mapShown(page);
    expect(server.asked[1]).toMatch(/^bytes=[1-9]/);
    await reopen(page);
    await expect(page.locator(use)).toHaveText("Resume");
  } finally {
    server.stop();
  }
});

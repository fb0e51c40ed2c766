import type { Page } from "@playwright/test";
import { bare, expect, mapShown } from "./page.ts";

/** What the page is made of until its first map is shown, by the beginnings of the files' names. */
const FIRST = [
  "index.html",
  "index.css",
  "index.js",
  "main.js",
  "light.js",
  "light_bg.wasm",
  "birds-resnet50.safetensors",
];

/** A file's name without its hash, and without a word on which of the light libraries it is. */
const plain = (path: string): string =>
  (path.split("/").at(-1) || "index.html")
    .replace(/-[\w-]{8}(\.\w+)$/, "$1")
    .replace("light-relaxed", "light");

/** Notes the names of the files that are asked for from now on. */
function askedFor(page: Page): string[] {
  const names: string[] = [];
  page.context().on("request", (request) => names.push(plain(new URL(request.url()).pathname)));
  return names;
}

bare(
  "the worker, the library and the weights are fetched before the page's own code is there @routes @requests",
  async ({ page, server }) => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/assets/main-*.js", async (route) => {
      await released;
      await route.continue();
    });
    const asked = askedFor(page);
    await page.goto(server.page, { waitUntil: "commit" });
    await expect.poll(() => FIRST.filter((name) => !asked.includes(name))).toEqual([]);
    await expect(page.locator("#page")).toContainText("Opening…");
    // After a while it says what to do.
    await expect(page.locator("#unopened")).toBeHidden();
    await page.evaluate(() => {
      for (const delay of document.getAnimations()) delay.finish();
    });
    await expect(page.locator("#unopened")).toBeVisible();
    release();
    await mapShown(page);
    await expect(page.locator("#unopened")).toHaveCount(0);
  },
);

for (const [what, file, locale, where] of [
  ["the page's own code", /\/main-[^/]*\.js$/, "en-GB", ""],
  ["its language", /\/ja-[^/]*\.js$/, "ja-JP", " @once"],
] as const) {
  bare.describe(() => {
    bare.use({ locale });
    bare(
      `without ${what} it says that it has not opened, and opens once that is there${where}`,
      async ({ page, server }) => {
        server.alter = (path, bytes) => (file.test(path) ? undefined : bytes);
        await page.goto(server.page);
        await expect(page.locator("#unopened")).toContainText("The page has not opened yet.");
        await expect(page.locator("#unopened")).toContainText("TypeError");
        await expect(page.locator("#opening")).toHaveCount(0);
        server.alter = (_, bytes) => bytes;
        await page.reload();
        await mapShown(page);
        await expect(page.locator("#unopened")).toHaveCount(0);
      },
    );
  });
}

bare(
  "until the first map nothing is fetched twice, and nothing that it does not need @requests @init-scripts",
  async ({ page, server }) => {
    const asked = askedFor(page);
    await page.addInitScript(() => {
      // The gallery's photographs come with the map.
      const shown = () => document.querySelector("#map:not([hidden])") !== null;
      const look = new MutationObserver(() => {
        if (!shown()) return;
        look.disconnect();
        performance.mark("map");
      });
      look.observe(document, { subtree: true, childList: true, attributes: true });
    });
    await page.goto(server.page);
    await mapShown(page);
    for (const name of FIRST) expect(asked.filter((one) => one === name)).toEqual([name]);
    const early = await page.evaluate(() => {
      const [map] = performance.getEntriesByName("map");
      const before = performance
        .getEntriesByType("resource")
        .filter((one) => one.startTime < (map?.startTime ?? 0));
      return before.map(({ name }) => name);
    });
    const files = early.map((name) => plain(new URL(name).pathname));
    expect(files).toContain("birds-resnet50.safetensors");
    // Browsers fetch the page's icons when they like.
    const icons = /^(icon|maskable)[^/]*\.(svg|png)$/;
    expect(files.filter((name) => !FIRST.includes(name) && !icons.test(name))).toEqual([]);
  },
);

bare("a link to another network fetches only that one's weights @requests", async ({ page, server }) => {
  const asked = askedFor(page);
  await page.goto(`${server.page}#v=1&network=birds-abn`);
  await mapShown(page);
  await expect(page.locator("#model-name")).toContainText("attention");
  expect(asked.filter((name) => name.endsWith(".safetensors"))).toEqual(["birds-abn.safetensors"]);
});

bare(
  "a first worker that can't be fetched is said by the page, and the next try is another @routes",
  async ({ page, server }) => {
    let there = false;
    await page.route("**/assets/light-*.js", async (route) => {
      if (there) await route.continue();
      else await route.abort();
    });
    await page.goto(server.page);
    await expect(page.locator("#notice")).toBeVisible();
    there = true;
    await page.getByRole("button", { name: "Use", exact: true }).first().click();
    await mapShown(page);
  },
);

bare("weights that can't be fetched first are asked for again @routes", async ({ page, server }) => {
  let tries = 0;
  await page.route("**/birds-resnet50-*.safetensors", async (route) => {
    tries++;
    if (tries === 1) await route.abort();
    else await route.continue();
  });
  await page.goto(server.page);
  await mapShown(page);
  expect(tries).toBe(2);
});

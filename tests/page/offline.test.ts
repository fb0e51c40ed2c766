import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { BrowserContext, Page, Response } from "@playwright/test";
import { dist, files, root } from "./files.ts";
import { askAnyway, dropPicture, expect, loadWeights, mapShown, open, reopen, bare as test } from "./page.ts";
import { filesOf, listed, release, sha256 } from "./release.ts";
import type { Server } from "./server.ts";

test.use({ serviceWorkers: "allow" });

/** Waits until the page's files are kept, and come from there; a worker of a folder above may be there before. */
const kept = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const own = new URL("service-worker.js", location.href).href;
    if (navigator.serviceWorker.controller?.scriptURL === own) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  });

/** Looks for another version; true once that waits, whole, and false if it was given up. */
const update = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const look = async () => {
      await registration.update().catch(() => {});
      return registration.installing ?? registration.waiting;
    };
    // The page looks too, after its first map, and the browser takes both for one where they meet.
    const worker = (await look()) ?? (await look());
    while (worker?.state === "installing") {
      await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
    }
    return worker?.state === "installed" || worker?.state === "activated";
  });

/** The files that are kept, by their path in the page's folder. */
const shelf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const keys = await (await caches.open(`c3lrp-page ${new URL("./", location.href).href}`)).keys();
    return keys.map(({ url }) => url.slice(new URL("./", location.href).href.length) || "index.html").sort();
  });

/** Every file that a page got since it was last opened, with its SHA-256. */
class Got {
  readonly #files: Promise<[string, string] | undefined>[] = [];

  constructor(page: Page, server: Server) {
    page.on("response", (response: Response) => {
      if (response.request().isNavigationRequest()) this.#files.length = 0;
      const name = response.url().split(/[?#]/)[0]?.slice(server.page.length) || "index.html";
      if (!response.ok() || !response.url().startsWith(server.page)) return;
      const file = response.body().then((bytes): [string, string] => [name, sha256(bytes)]);
      // Firefox has no body any more of what comes while the page is left.
      this.#files.push(file.catch(() => undefined));
    });
  }

  async all(): Promise<Record<string, string>> {
    return Object.fromEntries((await Promise.all(this.#files)).filter((file) => file !== undefined));
  }
}

async function openLesson(page: Page): Promise<void> {
  await page.locator("#lesson-open").click();
  await expect(page.locator("#lesson")).toBeVisible();
  await mapShown(page);
}

for (const where of ["page", "pageInFolder"] as const) {
  test(`after one visit the page works without a network (${where})`, async ({ page, server }) => {
    const address = server[where];
    await open(page, address);
    await kept(page);
    expect(await shelf(page)).toEqual(Object.keys(listed(dist)));
    server.stop();
    // What this visit has not asked for yet is here as well.
    await openLesson(page);
    await reopen(page);
    await dropPicture(page, files.cat);
    await askAnyway(page);
    await mapShown(page);
    await page.locator("#top button").nth(1).click();
    await expect(page.locator("#headline")).toContainText("What speaks for");
    await mapShown(page);
    await openLesson(page);
    await page.goto(`${address}index.html?weights=elsewhere`);
    await mapShown(page);
  });
}

test("after one visit the documentation opens without a network @leaves", async ({ page, server }) => {
  await open(page, server.pageInFolder);
  await kept(page);
  server.stop();
  await page.locator("#licences a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Explain a picture in five lines");
  await page.getByRole("navigation").getByRole("link", { name: "Methods" }).click();
  const pictures = page.locator("main img");
  expect(await pictures.count()).toBeGreaterThan(14);
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await expect(picture).toHaveJSProperty("complete", true);
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(200);
  }
  await page.goto(`${server.pageInFolder}docs/`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Explain a picture in five lines");
});

test("the list of kept files is the built page, byte by byte @once", () => {
  const list = listed(dist);
  expect(Object.keys(list).sort()).toEqual(
    filesOf(dist)
      .filter((name) => name !== "service-worker.js")
      .sort(),
  );
  for (const [name, hash] of Object.entries(list))
    expect(sha256(readFileSync(`${dist}/${name}`)), name).toBe(hash);
  // All but the pages, which people link to, are named by what is in them.
  for (const name of Object.keys(list))
    expect(name).toMatch(/^((docs\/[\w-]+|index)\.html|assets\/.*-[\w-]{8}\.\w+)$/);
});

test("two copies of the page on one host keep their files apart", async ({ page, server }) => {
  for (const address of [server.page, server.pageInFolder]) {
    await open(page, address);
    await kept(page);
  }
  // The second has tidied up by now, and so would another visit to the first.
  await open(page, server.page);
  expect(await shelf(page)).toEqual(Object.keys(listed(dist)));
  server.stop();
  for (const address of [server.pageInFolder, server.page]) await open(page, address);
});

test("an update never mixes: an open page keeps its files, the next one has all of the new @requests", async ({
  page,
  context,
  server,
}) => {
  const newer = release("newer");
  const first = new Got(page, server);
  await open(page, server.page);
  await kept(page);
  await page.waitForLoadState("networkidle");
  await page.reload();
  await mapShown(page);

  // The host has the new version only.
  server.site = newer;
  expect(await update(page)).toBe(true);
  server.requests.length = 0;
  await openLesson(page);
  for (const kind of [/spurious/, /(light|worker).*js$/, /wasm$/])
    expect(Object.keys(await first.all()).some((name) => kind.test(name))).toBe(true);
  expect(listed(dist), "the open page has got nothing new").toMatchObject(await first.all());
  // The browser looks for a newer service worker when it likes.
  const asked = () => server.requests.filter(({ path }) => path !== "/service-worker.js");
  expect(asked(), "nor asked for it").toEqual([]);

  const other = await context.newPage();
  const second = new Got(other, server);
  await open(other, server.page);
  await expect(other.locator("body")).toHaveAttribute("data-release", "newer");
  await openLesson(other);
  expect(listed(newer), "a page opened now has nothing old").toMatchObject(await second.all());
  expect(asked()).toEqual([]);

  // Beside the new one, the old one is still whole; reloaded, it is new too.
  await page.locator("#lesson-close").click();
  await mapShown(page);
  expect(listed(dist)).toMatchObject(await first.all());
  await page.waitForLoadState("networkidle");
  await page.reload();
  await mapShown(page);
  await expect(page.locator("body")).toHaveAttribute("data-release", "newer");
  expect(listed(newer)).toMatchObject(await first.all());

  // With all of them closed, what is left of the old version goes.
  const mixed = await shelf(page);
  expect(mixed.length).toBeGreaterThan(Object.keys(listed(newer)).length);
  await tidied(context, [page, other], server, newer);
});

/** Closes all pages, and sees that a page opened then finds this version's files only. */
async function tidied(context: BrowserContext, pages: Page[], server: Server, site: string): Promise<void> {
  for (const page of pages) await page.close();
  await expect(async () => {
    const page = await context.newPage();
    await page.goto(server.page);
    const files = await shelf(page);
    await page.close();
    expect(files).toEqual(Object.keys(listed(site)));
  }).toPass();
}

for (const [what, alter, where] of [
  ["is missing", () => undefined, " @once"],
  ["is altered", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(7)]), ""],
  ["is cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), " @once"],
] as const) {
  test(`an update of which a file ${what} is none, and the next one is whole${where}`, async ({
    page,
    server,
  }) => {
    await open(page, server.page);
    await kept(page);
    server.site = release(what.replaceAll(" ", "-"));
    server.alter = (path, bytes) => (/assets\/index-.*\.js$/.test(path) ? alter(bytes) : bytes);
    expect(await update(page)).toBe(false);
    await page.reload();
    await mapShown(page);
    await expect(page.locator("body")).not.toHaveAttribute("data-release");
    await openLesson(page);

    server.alter = (_, bytes) => bytes;
    expect(await update(page)).toBe(true);
    server.stop();
    await reopen(page);
    await expect(page.locator("body")).toHaveAttribute("data-release", what.replaceAll(" ", "-"));
    await openLesson(page);
  });
}

test("a version opens while the one after it is on its way, which doesn't arrive", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await kept(page);
  server.site = release("second");
  expect(await update(page)).toBe(true);
  server.site = release("third");
  server.alter = (path, bytes) => (/assets\/index-.*\.js$/.test(path) ? new Promise(() => {}) : bytes);
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  await expect.poll(() => server.requests.some(({ path }) => path.includes("index-third.js"))).toBe(true);
  // With no page left, the second takes over from the first.
  await page.goto("about:blank");
  await open(page, server.page);
  await expect(page.locator("body")).toHaveAttribute("data-release", "second");
  server.stop();
  await reopen(page);
  await expect(page.locator("body")).toHaveAttribute("data-release", "second");
});

test("a first visit that doesn't get all of the files keeps none of them in use", async ({
  page,
  server,
}) => {
  server.alter = (path, bytes) => (/birds-abn/.test(path) ? undefined : bytes);
  await open(page, server.page);
  await expect
    .poll(() => server.requests.filter(({ path }) => /assets\/models\/birds-abn/.test(path)).length)
    .toBe(2);
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length))
    .toBe(0);
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("weights pass the service worker by, and so does all that is not the page's @requests", async ({
  page,
  server,
}) => {
  await open(page, `${server.page}?weights=weights/model.safetensors`);
  await kept(page);
  await page.reload();
  await mapShown(page);
  const worked: boolean[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/weights/")) worked.push(response.fromServiceWorker());
  });
  await page.locator("#cards .card:first-child .row button:first-child").click();
  await expect(page.locator("#model-name")).toHaveText("model.safetensors");
  expect(worked).toEqual([false]);
  expect(server.asked).toEqual(["whole"]);
  expect(await shelf(page)).toEqual(Object.keys(listed(dist)));
});

for (const [what, spoil] of [
  ["no service workers", () => Reflect.deleteProperty(Navigator.prototype, "serviceWorker")],
  [
    "service workers that are forbidden",
    () => {
      ServiceWorkerContainer.prototype.register = () =>
        Promise.reject(new DOMException("forbidden", "SecurityError"));
    },
  ],
  [
    "storage that is forbidden",
    () => {
      const forbidden = (): never => {
        throw new DOMException("forbidden", "SecurityError");
      };
      for (const name of ["caches", "localStorage", "indexedDB"])
        Object.defineProperty(globalThis, name, { get: forbidden });
      Object.defineProperty(Navigator.prototype, "serviceWorker", { get: forbidden });
    },
  ],
] as const) {
  test(`with ${what} the page works as it did @init-scripts`, async ({ page, server }) => {
    await page.addInitScript(spoil as () => void);
    await open(page, server.page);
    await dropPicture(page, files.cat);
    await askAnyway(page);
    await mapShown(page);
    await expect(page.locator("#notice")).toBeHidden();
    await page.reload();
    await mapShown(page);
    await loadWeights(page, files.small);
    await mapShown(page);
  });
}

test("with no room for its files the page works as it did @debugger", async ({ page, server }) => {
  const browser = await page.context().newCDPSession(page);
  await browser.send("Storage.overrideQuotaForOrigin", {
    origin: new URL(server.page).origin,
    quotaSize: 1e6,
  });
  await open(page, server.page);
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length))
    .toBe(0);
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("the development server keeps nothing", async ({ page }) => {
  const vite = spawn("node", ["node_modules/vite/bin/vite.js", "--port", "0", "--host", "localhost"], {
    cwd: `${root}/www`,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = await new Promise<string>((found) => {
      vite.stdout.on("data", (text: Buffer) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the address comes in colour.
        const plain = text.toString().replaceAll(/\x1b\[\d+m/g, "");
        const [address] = /http:\S+/.exec(plain) ?? [];
        if (address) found(address);
      });
    });
    await open(page, url);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(
      0,
    );
  } finally {
    vite.kill();
  }
});

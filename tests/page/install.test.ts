import { readFileSync } from "node:fs";
import { dist, files } from "./files.ts";
import { askAnyway, drop, expect, mapShown, open, pictureIs, reopen, bare as test } from "./page.ts";
import { release } from "./release.ts";
import { installable, keptBeside, share } from "./sharing.ts";

test.use({ serviceWorkers: "allow" });

test("the page says that it works offline, and later that a new version is here @leaves", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await expect(page.locator("#offline")).toHaveText("Ready to work offline.");
  server.site = release("installed");
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect(page.locator("#offline")).toContainText("A new version is here.");
  await expect(page.locator("body"), "it is taken on a click alone").not.toHaveAttribute("data-release");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("body")).toHaveAttribute("data-release", "installed");
  await mapShown(page);
});

test("who saves data keeps nothing, and is told nothing @init-scripts", async ({ page, server }) => {
  await page.addInitScript(() =>
    Object.defineProperty(navigator, "connection", { value: { saveData: true }, configurable: true }),
  );
  await open(page, server.page);
  await expect(page.locator("#offline")).toHaveCount(0);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

/** A PNG's width and height, which stand at the beginning. */
const pngSize = (bytes: Buffer): string => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;

test("the manifest's icons are there, in the sizes that it says @once", () => {
  const href = /id="manifest" rel="alternate"[^>]*href="\.\/([^"]*)"/.exec(
    readFileSync(`${dist}/index.html`, "utf8"),
  )?.[1];
  const base = new URL(href ?? "", "https://page.test/folder/");
  const given = JSON.parse(readFileSync(`${dist}/${href}`, "utf8"));
  expect(given).toMatchObject({ display: "standalone", short_name: "c3lrp" });
  for (const address of [given.start_url, given.scope])
    expect(new URL(address, base).href).toBe("https://page.test/folder/");
  expect(new URL(given.share_target.action, base).href).toBe("https://page.test/folder/share");
  const icons: { src: string; sizes: string; purpose?: string }[] = given.icons;
  expect(icons.map(({ sizes, purpose = "any" }) => `${sizes} ${purpose}`)).toEqual([
    "any any",
    "192x192 any",
    "512x512 any",
    "512x512 maskable",
  ]);
  for (const { src, sizes } of icons) {
    const bytes = readFileSync(dist + new URL(src, base).pathname.replace("/folder", ""));
    if (sizes === "any") expect(bytes.toString()).toContain("<svg");
    else expect(pngSize(bytes), src).toBe(sizes);
  }
});

for (const where of ["page", "pageInFolder"] as const) {
  test(`the browser takes the manifest once the page works offline, not before (${where}) @debugger`, async ({
    page,
    server,
  }) => {
    const browser = await page.context().newCDPSession(page);
    server.alter = (path, bytes) => (path.endsWith("/service-worker.js") ? undefined : bytes);
    await open(page, server[where]);
    expect((await browser.send("Page.getAppManifest")).url).toBe("");
    server.alter = (_, bytes) => bytes;
    await page.reload();
    await installable(page);
    const { url, errors, manifest } = await browser.send("Page.getAppManifest");
    expect(url).toMatch(/manifest-[\w-]{8}\.webmanifest$/);
    expect(errors).toEqual([]);
    expect(manifest).toMatchObject({ startUrl: server[where], scope: server[where] });
    // Every context of a test is an incognito one.
    const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
  });
}

test("a picture that is shared with the page is explained, once, and kept nowhere @share", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await installable(page);
  await share(page, server, files.cat);
  await pictureIs(page, "cat.png");
  await askAnyway(page);
  await mapShown(page);
  expect(await keptBeside(page, server)).toEqual([]);
  await expect(page.locator("#notice")).toBeHidden();
  await reopen(page);
  await expect(page.locator("#picture")).not.toHaveAttribute("aria-label", /cat\.png/);

  // Several make a strip, as dropped ones do.
  await share(page, server, files.cat, files.coffee);
  await pictureIs(page, "cat.png");
  await expect(page.locator("#batch")).toContainText("coffee.png");
  expect(await keptBeside(page, server)).toEqual([]);
});

test("what is shared and can't be read, or never came, is told in a sentence @share", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await installable(page);
  await share(page, server, files.broken);
  await expect(page.locator("#notice")).toContainText("“broken.png” could not be read as a picture.");
  await mapShown(page);
  // Another page may post what it likes: weights are no picture.
  await share(page, server, files.small);
  await expect(page.locator("#notice")).toContainText("“small.safetensors” could not be read as a picture.");
  await expect(page.locator("#model-name")).not.toHaveText("small");
  expect(await keptBeside(page, server)).toEqual([]);
  await page.goto(`${server.page}?shared`);
  await expect(page.locator("#notice")).toContainText("The shared picture did not arrive");
  await expect(page).toHaveURL(server.page);
  await drop(page, files.cat);
  await pictureIs(page, "cat.png");
});

test("a shared picture whose page never opened goes with the next one that does", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await installable(page);
  await page.evaluate(async () => {
    const cache = await caches.open(`c3lrp-shared ${location.href}`);
    await cache.put("./share", new Response("a picture"));
  });
  expect(await keptBeside(page, server)).toHaveLength(1);
  await page.reload();
  await mapShown(page);
  expect(await keptBeside(page, server)).toEqual([]);
  await expect(page.locator("#picture")).toHaveAttribute("aria-label", /seed/);
});

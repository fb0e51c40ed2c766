import { files } from "./files.ts";
import {
  askAnyway,
  bare,
  canvasHash,
  dropPicture,
  expect,
  loadWeights,
  mapShown,
  OPENING,
  open,
  pictureIs,
  test,
} from "./page.ts";

/** The link that the page copies. */
async function copied(page: import("@playwright/test").Page): Promise<string> {
  await page.evaluate(() => {
    // What a page writes to the clipboard is none of a driver's business in most browsers.
    const taken: string[] = [];
    Object.assign(window, { taken });
    Object.defineProperty(navigator, "clipboard", {
      configurable: true,
      value: { writeText: async (text: string) => void taken.push(text) },
    });
  });
  await page.locator("#copy-link").click();
  await expect(page.locator("#notice-text")).toContainText("The link is copied.");
  return await page.evaluate(() => (window as unknown as { taken: string[] }).taken[0] ?? "");
}

test("a link opens the same view in another browser, byte for byte", async ({ page, browser, server }) => {
  await page.locator("#gallery button").nth(3).click();
  await mapShown(page);
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await page.getByLabel("C3-LRP as published").check();
  await page.getByLabel("C1C", { exact: true }).check();
  await page.locator("#opacity").fill("30");
  await page.locator("#compare-open").click();
  await mapShown(page);
  await expect(page.locator(".method[data-state=done]")).toHaveCount(4);
  const link = await copied(page);
  expect(link).toContain(`${server.page}#v=1&species=`);
  const seen = async (on: typeof page) => ({
    title: await on.title(),
    headline: await on.locator("#headline").textContent(),
    picture: await canvasHash(on, "#picture"),
    overlay: await canvasHash(on, "#overlay"),
    map: await canvasHash(on, "#map"),
    opacity: await on.locator("#opacity").inputValue(),
  });
  const here = await seen(page);
  expect(here.title).toMatch(/, [\d.]+\s?% · C3-LRP · What did the network see\?$/);

  const context = await browser.newContext();
  const other = await context.newPage();
  await open(other, link);
  await expect(other.locator(".method[data-state=done]")).toHaveCount(4);
  expect(await seen(other)).toEqual(here);
  await expect(other.locator("#notice")).toBeHidden();
  expect(other.url()).toBe(link);
  await context.close();
});

test("Back, Forward and a reload lead to what was seen", async ({ page }) => {
  const first = { name: await page.locator("#bird-name").textContent(), map: await canvasHash(page, "#map") };
  await page.locator("#gallery button").nth(5).click();
  await expect(page.locator("#bird-name")).not.toHaveText(first.name ?? "");
  await mapShown(page);
  const second = await page.locator("#bird-name").textContent();
  await page.locator("#method").selectOption("grad-cam");
  await expect(page.locator("#shown-by")).toHaveText("Grad-CAM");
  await mapShown(page);
  const third = await canvasHash(page, "#map");

  await page.goBack();
  await expect(page.locator("#shown-by")).toHaveText(OPENING.title);
  await expect(page.locator("#bird-name")).toHaveText(second ?? "");
  await page.goBack();
  await expect(page.locator("#bird-name")).toHaveText(first.name ?? "");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(first.map);
  await page.goForward();
  await page.goForward();
  await expect(page.locator("#shown-by")).toHaveText("Grad-CAM");
  await mapShown(page);
  await expect(page.locator("#bird-name")).toHaveText(second ?? "");
  expect(await canvasHash(page, "#map")).toBe(third);
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#bird-name")).toHaveText(second ?? "");
  expect(await canvasHash(page, "#map")).toBe(third);
});

test("a picture of one's own is in no link, and the page says so @once", async ({ page, server }) => {
  await expect(page.locator("#link-word")).toBeHidden();
  await dropPicture(page, files.cat);
  await askAnyway(page);
  await mapShown(page);
  await expect(page.locator("#link-word")).toHaveText(
    "Your picture is not in the link: it stays on this device.",
  );
  const link = await copied(page);
  await expect(page.locator("#notice-text")).toContainText("Your picture is not in the link");
  expect(link).toContain("photo=own");
  expect(decodeURIComponent(link)).not.toContain("cat");
  expect(link.length).toBeLessThan(server.page.length + 200);

  // As long as the page is open, Back leads to it all the same.
  const name = files.cat.split("/").at(-1) ?? "";
  await page.locator("#gallery button").first().click();
  await expect(page.locator("#bird-name")).toBeVisible();
  await mapShown(page);
  await page.goBack();
  await pictureIs(page, name);

  await page.reload();
  await expect(page.locator("#notice-text")).toContainText("Drop that picture here");
  await mapShown(page);
  await dropPicture(page, files.cat);
  await expect(page.locator("#notice")).toBeHidden();
});

test("weights of one's own are in no link either @once", async ({ page }) => {
  await loadWeights(page, files.small);
  await mapShown(page);
  await expect(page.locator("#link-word")).toContainText("Your network is not in the link");
  expect(await copied(page)).toContain("network=own");
});

bare("a hostile link shows a page that works", async ({ page, server }) => {
  const link =
    "v=1&species=<img src=x onerror=alert(1)>&target=99999&method=c3-lrp,zeta:-1&layer=../x&x=%E0%A4";
  await open(page, `${server.page}#${link}`);
  await expect(page.locator("#notice-text")).toContainText("leaves out");
  await expect(page.locator("#bird-name")).toContainText("seed");
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  // Followed in a page that is open; what the library refuses is said, and done without.
  await page.goto(`${server.page}#v=1&species=Masked+Sunwren&seed=7&method=c3-lrp,epsilon:-1`);
  await expect(page.locator("#notice-text")).toContainText("a number above 0");
  await expect(page.locator("#bird-name")).toContainText("7");
  await mapShown(page);
});

bare("a network that would have to be fetched waits for a click @once", async ({ page, server }) => {
  await page.goto(`${server.page}#v=1&sample=cat.jpg&network=repository:timm/resnet18.tv_in1k&target=3`);
  await expect(page.locator("#notice-text")).toContainText("which is not on this device yet");
  await expect(page.locator("#notice-choices button")).toHaveText("Download it, 47 MB");
  await expect(page.locator("#headline")).toHaveText("Now choose a network");
});

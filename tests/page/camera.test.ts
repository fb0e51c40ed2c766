import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { screenshots } from "./files.ts";
import { bare, canvasHash, expect, mapShown, open } from "./page.ts";
import { fakeCamera, phoneFilm } from "./phone.ts";

/** The bird on the phone, another one than the page opens with. */
const [SPECIES, SEED] = ["Spotted Skylet", 77] as const;

/** A browser whose camera sees a phone with a bird; what the page asks of cameras is counted. */
const test = bare.extend({
  context: async ({ playwright, server, launchOptions }, use) => {
    const film = await phoneFilm(server, SPECIES, SEED);
    const browser = await playwright.chromium.launch({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), ...fakeCamera(film)],
    });
    const context = await browser.newContext({
      serviceWorkers: "block",
      viewport: { width: 1280, height: 800 },
    });
    await context.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const asked: MediaStreamTrack[] = [];
      const real = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints) => {
        const stream = await real(constraints);
        asked.push(...stream.getTracks());
        return stream;
      };
      Object.assign(window, { asked });
    });
    await use(context);
    await browser.close();
  },
  page: async ({ context, server }, use) => {
    const page = await context.newPage();
    await open(page, server.page);
    await use(page);
  },
});

/** The tracks that the page was given, by their states. */
const tracks = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as { asked: MediaStreamTrack[] }).asked.map(
      ({ kind, readyState }) => `${kind} ${readyState}`,
    ),
  );

const frames = async (page: Page): Promise<number> =>
  Number(await page.locator("#live").getAttribute("data-frames", { timeout: 1_000 }));

/** Turns the camera on, and once more if the browser has taken it away, as it does with its fake one on a busy machine. */
const start = async (page: Page, count = 4): Promise<void> => {
  await expect(async () => {
    if ((await page.locator("#live").count()) === 0)
      await page.getByRole("button", { name: "Camera" }).click();
    await expect.poll(() => frames(page), { timeout: 10_000 }).toBeGreaterThan(count);
  }).toPass();
};

test("a bird on a phone that is held to the camera is recognised, frame after frame @camera", async ({
  page,
}) => {
  expect(await tracks(page), "nothing is asked for before").toEqual([]);
  const before = await canvasHash(page, "#map");
  await start(page);
  expect(await tracks(page)).toEqual(["video live"]);
  await expect(page.locator("#headline")).toContainText(`It sees: ${SPECIES}`);
  await expect(page.locator("#live-top li")).toHaveCount(5);
  await expect(page.locator("#live-top li:first-child .name")).toHaveText(SPECIES);
  // A slow machine looks at them smaller.
  await expect(page.locator("#live-rate")).toContainText(
    /frames a second, each looked at with (160 × 160|128 × 128) pixels/,
  );
  const one = await canvasHash(page, "#live-overlay");
  expect(one).toMatch(/^(160×160|128×128) /);
  await page.screenshot({ path: `${screenshots}/desktop-light-en-camera.png` });
  const count = await frames(page);
  await expect.poll(() => frames(page), "it goes on").toBeGreaterThan(count + 5);

  // Left, the light goes out, and the picture of before is there.
  await page.getByRole("button", { name: "Turn the camera off" }).click();
  await expect(page.locator("#live")).toHaveCount(0);
  expect(await tracks(page)).toEqual(["video ended"]);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(before);
});

test("a frame that is kept is a picture like any other @camera", async ({ page }) => {
  await start(page);
  await page.getByRole("button", { name: "Keep this frame" }).click();
  await mapShown(page);
  await expect(page.locator("#picture")).toHaveAttribute("aria-label", /^The picture, \d\d:\d\d:\d\d$/);
  await expect(page.locator("#headline")).toContainText(`It sees: ${SPECIES}`);
  expect(await page.locator("#picture").evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBe(640);
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  await page.getByRole("button", { name: "Paint over it" }).click();
  await page.locator("#painting-red").click();
  await mapShown(page);

  await page.getByRole("button", { name: "Go on" }).click();
  const count = await frames(page);
  await expect.poll(() => frames(page)).toBeGreaterThan(count + 2);
  // Another picture leaves the camera.
  await page.locator("#gallery button").first().click();
  await expect(page.locator("#live")).toHaveCount(0);
  await mapShown(page);
  expect(await tracks(page)).toEqual(["video ended"]);
});

test("a camera that is taken away, or was never there, is a sentence @camera", async ({ page }) => {
  await start(page);
  await page.evaluate(() => {
    const [track] = (window as unknown as { asked: MediaStreamTrack[] }).asked;
    track?.dispatchEvent(new Event("ended"));
  });
  await expect(page.locator("#notice")).toContainText("The camera was taken away or turned off");
  await mapShown(page);
  expect(await tracks(page)).toEqual(["video ended"]);
  for (const [name, sentence] of [
    ["NotAllowedError", "did not let this page use the camera"],
    ["NotFoundError", "No camera was found"],
    ["NotReadableError", "Another program may be using it"],
  ] as const) {
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", name));
    }, name);
    await page.getByRole("button", { name: "Camera" }).click();
    await expect(page.locator("#notice")).toContainText(sentence);
    await expect(page.locator("#live")).toHaveCount(0);
  }
  await mapShown(page);
});

test("assistive technology finds nothing amiss while the camera is on @camera @axe", async ({ page }) => {
  await start(page);
  await accessible(page, "the camera");
});

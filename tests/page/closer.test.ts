import type { Locator, Page } from "@playwright/test";
import { canvasBytes, canvasHash, expect, mapShown, OPENING, test } from "./page.ts";

/** How a figure is enlarged: so many times, and its upper left corner as shares of its frame. */
async function lensOf(page: Page, figure: "over" | "raw") {
  return await page.locator(`#${figure} .lens`).evaluate((node) => {
    const [frame, lens] = [node.parentElement?.getBoundingClientRect(), node.getBoundingClientRect()];
    if (!frame) throw new Error("the lens has no frame");
    return {
      zoom: lens.width / frame.width,
      left: (lens.left - frame.left) / frame.width,
      top: (lens.top - frame.top) / frame.height,
    };
  });
}

/** Both figures are enlarged alike; of a drawn bird the map covers all. */
async function expectLens(page: Page, zoom: number, left?: number, top?: number): Promise<void> {
  for (const figure of ["over", "raw"] as const) {
    await expect.poll(async () => (await lensOf(page, figure)).zoom).toBeCloseTo(zoom, 2);
    const lens = await lensOf(page, figure);
    if (left !== undefined) expect(lens.left).toBeCloseTo(left, 1);
    if (top !== undefined) expect(lens.top).toBeCloseTo(top, 1);
  }
}

const placeOf = async (field: Locator): Promise<{ x: number; y: number; width: number; height: number }> => {
  await field.evaluate((field) => field.scrollIntoView({ block: "nearest" }));
  const box = await field.boundingBox();
  if (!box) throw new Error("it has no place");
  return box;
};

test("both figures are enlarged together by buttons and keys, and another picture is seen whole", async ({
  page,
}) => {
  await expectLens(page, 1);
  await page.getByRole("button", { name: "Larger" }).click();
  await expectLens(page, 1.5, -0.25, -0.25);
  await expect(page.locator("#zoom")).toHaveText("150 %");
  await page.locator("#map").focus();
  await page.keyboard.press("+");
  await expectLens(page, 2.25, -0.625, -0.625);
  await page.keyboard.press("-");
  await expectLens(page, 1.5);
  await page.keyboard.press("0");
  await expectLens(page, 1, 0, 0);
  await expect(page.getByRole("button", { name: "Smaller" })).toBeDisabled();

  await page.keyboard.press("+");
  await expectLens(page, 1.5);
  await page.locator("#draw").click();
  await mapShown(page);
  await expectLens(page, 1, 0, 0);
});

test("what is read with the arrow keys comes into view", async ({ page }) => {
  await page.locator("#map").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("+");
  for (let i = 0; i < 25; i++) await page.keyboard.press("Shift+ArrowLeft");
  await expectLens(page, 1.5 ** 3, 0, (1 - 1.5 ** 3) / 2);
  await expect(page.locator("#readout")).toContainText("Pixel 0, ");
  const [cross, frame] = [
    await placeOf(page.locator("#raw .cross")),
    await placeOf(page.locator("#raw .frame")),
  ];
  expect(cross.x + cross.width / 2).toBeGreaterThanOrEqual(frame.x);
});

test("the wheel zooms with Ctrl around the pointer, and alone scrolls the page @wheel", async ({ page }) => {
  const frame = await placeOf(page.locator("#raw .frame"));
  await page.mouse.move(frame.x + 0.25 * frame.width, frame.y + 0.5 * frame.height);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  await expectLens(page, 1);
  await page.evaluate(() => scrollTo(0, 0));

  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -1000);
  await page.keyboard.up("Control");
  // At most one step at a time, and what lies at a quarter stays there.
  await expectLens(page, 1.5, 0.25 - 1.5 * 0.25, -0.25);
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("a double click zooms, and what is enlarged is drawn along as far as its edges", async ({
  page,
  browserName,
}) => {
  const frame = await placeOf(page.locator("#over .frame"));
  const at = (x: number, y: number) => [frame.x + x * frame.width, frame.y + y * frame.height] as const;
  // Without zoom, drawing reads and moves nothing.
  await page.mouse.move(...at(0.3, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.5), { steps: 3 });
  await page.mouse.up();
  await expectLens(page, 1, 0, 0);

  // Firefox's driver tells two clicks of a slow machine apart.
  const [clientX, clientY] = at(0.5, 0.5);
  if (browserName === "firefox")
    await page.locator("#over .frame").dispatchEvent("dblclick", { clientX, clientY });
  else await page.mouse.dblclick(clientX, clientY);
  await expectLens(page, 2.25, -0.625, -0.625);
  await page.mouse.move(...at(0.3, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.6), { steps: 4 });
  await page.mouse.up();
  await expectLens(page, 2.25, -0.425, -0.525);
  await page.mouse.move(...at(0.1, 0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.9, 0.9), { steps: 4 });
  await page.mouse.up();
  await expectLens(page, 2.25, 0, 0);
});

test("two fingers zoom @debugger", async ({ page }) => {
  const frame = await placeOf(page.locator("#raw .frame"));
  const browser = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...xs: number[]) =>
    browser.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: xs.map((x, id) => ({ id, x: frame.x + x * frame.width, y: frame.y + 0.5 * frame.height })),
    });
  await touch("touchStart", 0.4, 0.6);
  for (const apart of [0.12, 0.15, 0.2]) await touch("touchMove", 0.5 - apart, 0.5 + apart);
  await touch("touchEnd");
  const { zoom, left } = await lensOf(page, "raw");
  expect(zoom).toBeGreaterThan(1.5);
  expect(zoom).toBeLessThanOrEqual(2.1);
  expect(left).toBeCloseTo((1 - zoom) / 2, 1);
});

test("while somebody paints the pointer paints, and keys and buttons zoom @hover", async ({ page }) => {
  await page.getByRole("button", { name: "Paint over it" }).click();
  const frame = await placeOf(page.locator("#over .frame"));
  await page.mouse.dblclick(frame.x + frame.width / 2, frame.y + frame.height / 2);
  await expectLens(page, 1);
  await mapShown(page);
  await page.locator("#brush").focus();
  await page.keyboard.press("+");
  await expectLens(page, 1.5);
  // What is painted on is still the same picture, and the brush is where the pointer is.
  const before = await canvasHash(page, "#picture");
  const now = await placeOf(page.locator("#over .frame"));
  await page.mouse.click(now.x + 0.1 * now.width, now.y + 0.1 * now.height);
  await mapShown(page);
  expect(await canvasHash(page, "#picture")).not.toBe(before);
  await expectLens(page, 1.5, -0.25, -0.25);
  const reached = await page.locator("#brush i").boundingBox();
  expect((reached?.x ?? 0) + (reached?.width ?? 0) / 2).toBeCloseTo(now.x + 0.1 * now.width, 0);
});

test("the picture stands beside the map in one figure, and the line is moved by keys", async ({ page }) => {
  const button = page.getByRole("button", { name: "Before and after" });
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  const range = page.getByRole("slider", { name: /The picture alone on the left/ });
  await range.focus();
  await page.keyboard.press("End");
  const from = () =>
    page.locator("#overlay").evaluate((node) => (node as HTMLElement).style.getPropertyValue("--from"));
  expect(await from()).toBe("100%");
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowLeft");
  await expect.poll(from).toBe("90%");
  // Enlarged, the line stays in its place of the frame: 0.9 = −0.25 + 1.5 × 0.7667.
  await page.getByRole("button", { name: "Larger" }).click();
  await expect.poll(async () => Number.parseFloat(await from())).toBeCloseTo(76.667, 2);
  await button.click();
  await expect(page.locator("#wipe")).toHaveCount(0);
});

/** PuOr's and cividis's strongest colours for the class, as matplotlib has them. */
const STRONGEST = { "orange-purple": [127, 59, 8, 255], lightness: [254, 232, 56, 255] } as const;

test("all maps and their legend take the colours that are chosen, and keep them for the next visit", async ({
  page,
}) => {
  const places = ["#map", "#overlay", "#legend-bar", "#rail canvas >> nth=3"];
  const all = () => Promise.all(places.map((place) => canvasHash(page, place)));
  const before = await all();
  await expect(page.locator("#legend b")).toHaveText(/^±\d/);
  for (const scale of ["orange-purple", "lightness"] as const) {
    await page.locator("#scale").selectOption(scale);
    const after = await all();
    for (const [i, hash] of after.entries()) expect(hash, places[i]).not.toBe(before[i]);
    expect((await canvasBytes(page.locator("#legend-bar"))).slice(-4)).toEqual(STRONGEST[scale]);
  }
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#scale")).toHaveValue("lightness");
  await page.locator("#scale").selectOption("red-blue");
  expect(await all()).toEqual(before);
});

test("maps side by side share one scale, as the library colours them by it", async ({ page }) => {
  await page.locator("#compare-open").click();
  const names = ["c3-lrp", OPENING.method, "input-x-gradient", "grad-cam"];
  for (const name of names)
    await expect(page.locator(`.method[data-method="${name}"]`)).toHaveAttribute("data-state", "done");
  const map = (name: string) => page.locator(`.method[data-method="${name}"] .map`);
  const own = await canvasHash(page, `.method[data-method="${OPENING.method}"] .map`);
  await page.getByRole("checkbox", { name: "One colour scale for all maps" }).check();
  const coloured = await page.evaluate(async (names) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const bird = library.drawBird("Masked Sunwren", 63);
    const target = explainer.info.labels.indexOf("Masked Sunwren");
    const maps: Float32Array[] = [];
    for (const method of names) {
      const options = { fit: "whole", method, target };
      maps.push((await explainer.explain(bird.rgba, bird.side, bird.side, options)).map);
    }
    const full = Math.max(...maps.map((map) => library.fullColour(map, "diverging") as number));
    const text = (bytes: Uint8ClampedArray): string => {
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    };
    return { full, maps: maps.map((map) => text(library.heatmap(map, "diverging", full))) };
  }, names);
  for (const [i, name] of names.entries()) {
    const shown = await canvasBytes(map(name));
    const given = Buffer.from(coloured.maps[i] ?? "", "base64");
    expect(shown.length).toBe(given.length);
    // The library divides in 32 bits and the page in 64, so a colour halfway between two may be either.
    expect(
      shown.every((value, at) => Math.abs(value - (given[at] ?? -9)) <= 1),
      name,
    ).toBe(true);
  }
  await expect(page.locator("#compare-legend b")).toContainText(String(coloured.full.toPrecision(3)));
  await page.getByRole("checkbox", { name: "One colour scale for all maps" }).uncheck();
  expect(await canvasHash(page, `.method[data-method="${OPENING.method}"] .map`)).toBe(own);
});

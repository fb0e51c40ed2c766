import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { files } from "./files.ts";
import { askAnyway, canvasBytes, canvasHash, dropPicture, expect, mapShown, OPENING, test } from "./page.ts";

/** The picture's pixels, as the page shows them. */
const pixels = (page: Page): Promise<number[]> => canvasBytes(page.locator("#picture"));

/** What the library gives for the pixels that are shown: the map's colours as `canvasHash` has them, and the class's probability. */
async function library(
  page: Page,
  target: number,
  network: { side?: number } = {},
): Promise<{ map: string; probability: number }> {
  return await page.evaluate(
    async ([target, network, method]) => {
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
      const explainer = await library.Explainer.create(weights, { device: "cpu", ...network });
      const picture = document.querySelector<HTMLCanvasElement>("#picture");
      const side = picture?.width ?? 0;
      const { data } = picture?.getContext("2d")?.getImageData(0, 0, side, side) ?? {};
      const options = { target, fit: "whole", method };
      const { map, width, height, probability } = await explainer.explain(data, side, side, options);
      const colours: Uint8ClampedArray<ArrayBuffer> = library.heatmap(map, "diverging");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", colours));
      return {
        map: `${width}×${height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`,
        probability: probability as number,
      };
    },
    [target, network, OPENING.method] as const,
  );
}

const target = async (page: Page): Promise<number> =>
  Number(await page.locator("#top button[aria-pressed=true]").getAttribute("data-index"));

async function startPainting(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  await page.getByRole("button", { name: "Paint over it" }).click();
  await page.locator("#brush").scrollIntoViewIfNeeded();
  const box = await page.locator("#brush").boundingBox();
  if (!box) throw new Error("the brush has no place");
  return box;
}

/** Paints along a line of the picture, its ends as shares of width and height. */
async function stroke(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const brush = page.locator("#brush");
  await brush.evaluate((field) => field.scrollIntoView({ block: "center" }));
  const box = await brush.boundingBox();
  if (!box) throw new Error("the brush has no place");
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 5 });
  await page.mouse.up();
}

test("what is painted over is explained by the same engine, and can be taken back", async ({ page }) => {
  const [before, map] = [await pixels(page), await canvasHash(page, "#map")];
  const asked = await target(page);
  await startPainting(page);
  await stroke(page, [0.3, 0.3], [0.7, 0.5]);
  await mapShown(page);

  // The mean of the picture's colours, which are all opaque.
  const mean = [0, 1, 2].map((colour) => {
    const values = before.filter((_, at) => at % 4 === colour);
    return Math.round(values.reduce((a, b) => a + b, 0) / values.length);
  });
  const after = await pixels(page);
  const side = Math.sqrt(before.length / 4);
  const colour = (all: readonly number[], x: number, y: number): number[] => {
    const at = 4 * (Math.floor(y * side) * side + Math.floor(x * side));
    return all.slice(at, at + 3);
  };
  expect(colour(after, 0.5, 0.4), "the line's middle is painted").toEqual(mean);
  expect(colour(after, 0.7, 0.5)).toEqual(mean);
  expect(colour(after, 0.7, 0.3), "beside it nothing is").toEqual(colour(before, 0.7, 0.3));
  const known = await library(page, asked);
  expect(await canvasHash(page, "#map")).toBe(known.map);
  expect(await target(page), "the class stays").toBe(asked);

  await page.keyboard.press("Control+z");
  await mapShown(page);
  expect(await pixels(page)).toEqual(before);
  expect(await canvasHash(page, "#map"), "the untouched map is there again").toBe(map);
  await expect(page.locator("#painting-undo")).toBeDisabled();
  await page.keyboard.press("Control+Shift+z");
  await mapShown(page);
  expect(await pixels(page)).toEqual(after);
  expect(await canvasHash(page, "#map")).toBe(known.map);

  // The untouched picture is a key away.
  await page.keyboard.down("o");
  await expect(page.locator("#painting-untouched")).toHaveAttribute("aria-pressed", "true");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(map);
  await page.keyboard.up("o");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(known.map);

  await page.getByRole("button", { name: "Done painting" }).click();
  await mapShown(page);
  expect(await pixels(page)).toEqual(before);
  expect(await canvasHash(page, "#map")).toBe(map);
  await expect(page.locator("#headline")).toContainText("Masked Sunwren");
});

test("while the brush is down the network looks at a smaller side, and at its own when it rests", async ({
  page,
}) => {
  const asked = await target(page);
  const box = await startPainting(page);
  await expect(page.locator("#painting-side")).toContainText("160 × 160");
  await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.4 * box.height);
  await page.mouse.down();
  const first = await library(page, asked, { side: 160 });
  expect(first.map).toMatch(/^160×160 /);
  await expect.poll(() => canvasHash(page, "#map")).toBe(first.map);
  await page.mouse.up();
  await mapShown(page);
  const own = await library(page, asked);
  expect(own.map).toMatch(/^224×224 /);
  expect(await canvasHash(page, "#map")).toBe(own.map);
  // The course ends with what the network says at its own side.
  await expect(page.locator("#course-word")).toContainText(`→ ${Math.round(100 * own.probability)}\u00a0%`);
});

test("painting where the map is red takes the class's probability, and the curve shows it", async ({
  page,
}) => {
  const asked = await target(page);
  await startPainting(page);
  const before = await library(page, asked);
  await page.locator("#painting-red").click();
  await expect(page.locator("#course path")).toHaveAttribute("d", /^M[^L]*L[^L]*$/);
  await mapShown(page);
  const after = await library(page, asked);
  expect(after.probability).toBeLessThan(before.probability);
  const percent = Math.round(100 * before.probability);
  await expect(page.locator("#course-word")).toContainText(`${percent}\u00a0% →`);
  expect(await canvasHash(page, "#map")).toBe(after.map);
  // Further moments make a longer curve; the picture without paint is one of them.
  await page.locator("#painting-clear").click();
  await expect(page.locator("#course path")).toHaveAttribute("d", /^M[^L]*L[^L]*L[^L]*$/);
});

test("a bird is painted over with its lookalike, and a photograph with another one", async ({ page }) => {
  const before = await pixels(page);
  await startPainting(page);
  await page.getByRole("radio", { name: "Another picture" }).check();
  await expect(page.locator("#painting-other")).toContainText("in the same pose");
  const nearest = /Of a (.*) in the same pose/.exec(
    (await page.locator("#painting-other").textContent()) ?? "",
  )?.[1];
  // With the largest brush all of it is painted.
  for (let step = 0; step < 12; step++) await page.keyboard.press("]");
  for (const y of [0.1, 0.5, 0.9]) await stroke(page, [0.02, y], [0.98, y]);
  await mapShown(page);
  expect(await pixels(page)).not.toEqual(before);
  const drawn = await page.evaluate(async (species) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const { rgba, side } = library.drawBird(species, 63);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgba));
    return `${side}×${side} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
  }, nearest);
  expect(await canvasHash(page, "#picture")).toBe(drawn);
  await expect(page.locator("#painting-says")).toContainText(`The network now says ${nearest}`);

  await dropPicture(page, files.coffee);
  await askAnyway(page);
  await mapShown(page);
  await expect(page.locator("#brush"), "another picture is untouched").toHaveCount(0);
  const photograph = await pixels(page);
  await startPainting(page);
  await page.setInputFiles("#other-file", files.cat);
  await expect(page.getByRole("radio", { name: "Another picture" })).toBeChecked();
  await stroke(page, [0.4, 0.5], [0.6, 0.5]);
  await mapShown(page);
  expect(await pixels(page)).not.toEqual(photograph);
});

test("painting works with the keyboard alone, and nothing is amiss @axe", async ({ page }) => {
  const before = await pixels(page);
  await startPainting(page);
  await page.locator("#brush").focus();
  await page.keyboard.press("[");
  await expect(page.locator("#painting-size")).toHaveText("11\u00a0%");
  await page.keyboard.press("]");
  await expect(page.locator("#painting-size")).toHaveText("14\u00a0%");
  await page.keyboard.down("Space");
  for (let step = 0; step < 6; step++) await page.keyboard.press("ArrowRight");
  await page.keyboard.up("Space");
  await mapShown(page);
  const painted = await pixels(page);
  const changed = painted.filter((value, at) => value !== before[at]).length;
  expect(changed).toBeGreaterThan(0);
  // The brush is up: it moves, and paints nothing.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  expect(await pixels(page)).toEqual(painted);
  await accessible(page, "a picture that is painted over");
});

test("the wheel sizes the brush, and does not scroll the page", async ({ page, browserName }) => {
  test.skip(browserName === "firefox", "Firefox's WebDriver turns no wheel");
  const box = await startPainting(page);
  const top = await page.evaluate(() => scrollY);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -100);
  await expect(page.locator("#painting-size")).toHaveText("18\u00a0%");
  await page.mouse.wheel(0, 100);
  await expect(page.locator("#painting-size")).toHaveText("14\u00a0%");
  expect(await page.evaluate(() => scrollY)).toBe(top);
});

test("a finger paints, and scrolls again when that is over", { tag: ["@touch", "@debugger"] }, async ({
  page,
}) => {
  const before = await pixels(page);
  const box = await startPainting(page);
  const action = (): Promise<string> =>
    page.locator("#brush").evaluate((node) => getComputedStyle(node).touchAction);
  expect(await action()).toBe("none");
  const session = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", x = 0): Promise<void> => {
    const point = { x: box.x + x * box.width, y: box.y + box.height / 2 };
    await session.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [point] });
  };
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  await touch("touchStart", 0.3);
  for (const x of [0.4, 0.5, 0.6]) await touch("touchMove", x);
  await touch("touchEnd");
  await mapShown(page);
  expect(await pixels(page)).not.toEqual(before);
  await page.getByRole("button", { name: "Done painting" }).click();
  await expect(page.locator("#brush")).toHaveCount(0);
});

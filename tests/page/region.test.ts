import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, mapShown, test } from "./page.ts";

interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  area: number;
  picture: object;
  iou: { mask: number; box: number };
}

/** The region in the record that the page saves. */
async function savedRegion(page: Page): Promise<Region> {
  const coming = page.waitForEvent("download");
  await page.locator("#save-open").click();
  await page.locator("#save-record").click();
  const record = JSON.parse(readFileSync(await (await coming).path(), "utf8")) as { region: Region };
  return record.region;
}

test("a box is around the largest region, and says how far that is the bird @files", async ({ page }) => {
  await expect(page.locator("#region")).toBeHidden();
  await expect(page.locator("#box-word")).toBeHidden();
  await page.getByLabel("Box", { exact: true }).check();
  const region = await savedRegion(page);
  const box = await page.locator("#region").boundingBox();
  const frame = await page.locator("#overlay").boundingBox();
  if (!box || !frame) throw new Error("there is no box");
  // A picture of 224 pixels that is all looked at: half a pixel of the screen for rounding.
  const scale = frame.width / 224;
  expect(Math.abs(box.x - frame.x - region.x * scale)).toBeLessThan(0.5);
  expect(Math.abs(box.y - frame.y - region.y * scale)).toBeLessThan(0.5);
  expect(Math.abs(box.width - region.width * scale)).toBeLessThan(0.5);
  expect(Math.abs(box.height - region.height * scale)).toBeLessThan(0.5);
  expect(region.picture).toEqual({ x: region.x, y: region.y, width: region.width, height: region.height });

  // By hand: the boxes' overlap, of the bird as the library draws it.
  const bird = await page.evaluate(async () => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const { whole, side } = library.drawBird("Masked Sunwren", 63) as { whole: Uint8Array; side: number };
    const places = [...whole.keys()]
      .filter((at) => whole[at])
      .map((at) => [at % side, Math.floor(at / side)]);
    const [xs, ys] = [0, 1].map((axis) => places.map((place) => place[axis] ?? 0));
    const edges = (of: number[] = []): [number, number] => [Math.min(...of), Math.max(...of) + 1];
    return { x: edges(xs), y: edges(ys) };
  });
  const along = (from: number, length: number, [first, end]: [number, number]): number =>
    Math.max(0, Math.min(from + length, end) - Math.max(from, first));
  const both = along(region.x, region.width, bird.x) * along(region.y, region.height, bird.y);
  const area = (bird.x[1] - bird.x[0]) * (bird.y[1] - bird.y[0]);
  const iou = both / (area + region.width * region.height - both);
  expect(region.iou.box).toBeCloseTo(iou, 12);
  expect(region.iou.mask).toBeGreaterThan(0);
  await expect(page.locator("#box-word")).toContainText(`${region.width} × ${region.height}`);
  await expect(page.locator("#box-word")).toContainText("overlaps with the bird");
});

test("the box follows the filter @files @once", async ({ page }) => {
  await page.getByLabel("Box", { exact: true }).check();
  const before = await savedRegion(page);
  await page.getByLabel("None", { exact: true }).check();
  await mapShown(page);
  const after = await savedRegion(page);
  expect(after.area).not.toBe(before.area);
  await page.getByLabel("Box", { exact: true }).uncheck();
  await expect(page.locator("#region")).toBeHidden();
});

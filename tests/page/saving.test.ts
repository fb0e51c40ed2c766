import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { c3lrp, files, root } from "./files.ts";
import { dropBytes, dropPicture, expect, loadWeights, mapShown, OPENING, pictureIs, test } from "./page.ts";

/** Python with NumPy; `./build.sh test` makes one. */
const PYTHON = process.env.PYTHON ?? `${root}/target/page/python/bin/python`;

/** Saves something, and gives the file's path; it keeps its name. */
async function saved(page: Page, what: string): Promise<string> {
  const coming = page.waitForEvent("download");
  await page.locator("#save-open").click();
  await page.locator(`#save-${what}`).click();
  const download = await coming;
  await expect(page.locator("#save")).not.toHaveAttribute("open");
  const folder = `${root}/target/page-tests/saved`;
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${test.info().parallelIndex}-${download.suggestedFilename()}`;
  copyFileSync(await download.path(), path);
  return path;
}

/** Width and height of a PNG file. */
function sizeOf(path: string): [number, number] {
  const bytes = readFileSync(path);
  expect(bytes.toString("latin1", 1, 4)).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** The cat, explained by small weights on the CPU. */
async function explainCat(page: Page): Promise<void> {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
}

test("pictures are saved in the picture's own size, and are pictures to the page @files", async ({
  page,
}) => {
  await explainCat(page);
  const own = sizeOf(files.cat);
  const over = await saved(page, "over");
  expect(over).toMatch(/c3lrp-class-\d+-overlay\.png$/);
  expect([sizeOf(over), sizeOf(await saved(page, "map"))]).toEqual([own, own]);
  const [wide, high] = sizeOf(await saved(page, "both"));
  expect(wide).toBeGreaterThan(own[0] + own[1]);
  expect(high).toBeGreaterThan(own[1]);
  await dropBytes(page, ["again.png", readFileSync(over)]);
  await pictureIs(page, "again.png");
  await mapShown(page);
});

test("NumPy reads all numbers, and they are those of the page @files", async ({ page }) => {
  expect(existsSync(PYTHON), `${PYTHON} is missing: set PYTHON to one with NumPy`).toBe(true);
  await explainCat(page);
  const path = await saved(page, "arrays");
  const read = execFileSync(PYTHON, ["-c", READ, path], { encoding: "utf8" });
  const found = JSON.parse(read) as {
    shapes: Record<string, number[]>;
    types: Record<string, string>;
    about: { target: number; probability: number; question: object; boundaries: { sum: number }[] };
    off: number;
    probability: number;
    sums: number[];
  };
  expect(found.shapes).toMatchObject({
    relevance: [3, 224, 224],
    map: [224, 224],
    filtered: [224, 224],
    mask: [224, 224],
    probabilities: [10],
    "boundary_layer1.0": [56, 56],
    about: [],
  });
  expect([found.types.relevance, found.types.mask, found.types.boundary_sums]).toEqual([
    "float32",
    "uint8",
    "float64",
  ]);
  // Three values to a pixel, summed up as the engine does, in single precision.
  expect(found.off).toBeLessThan(1e-6);
  expect(found.probability).toBe(found.about.probability);
  expect(found.sums).toEqual(found.about.boundaries.map(({ sum }) => sum));
  expect(found.about.question).toMatchObject({ method: { name: OPENING.method }, filter: "c3" });
});

const READ = `
import json, sys
import numpy as np
with np.load(sys.argv[1]) as file:
    arrays = {name: file[name] for name in file.files}
about = json.loads(arrays["about"].item())
off = np.abs(arrays["relevance"].sum(0) - arrays["map"]).max() / np.abs(arrays["map"]).max()
print(json.dumps({
    "shapes": {name: array.shape for name, array in arrays.items()},
    "types": {name: str(array.dtype) for name, array in arrays.items()},
    "about": about,
    "off": float(off),
    "probability": float(arrays["probabilities"][about["target"]]),
    "sums": arrays["boundary_sums"].tolist(),
}))
`;

/** What differs from run to run, or is known to one of them alone. */
const APART = ["milliseconds", "adapter", "curves", "picture", "run", "facts", "weights"];

test("the record is the one that the command line writes @files @once", async ({ page }) => {
  await explainCat(page);
  const mine = JSON.parse(readFileSync(await saved(page, "record"), "utf8")) as Record<string, unknown>;
  const method = (mine.question as { method: object }).method;
  const options = ["--weights", files.small, "--device", "cpu", "--method", JSON.stringify(method), "--json"];
  const said = execFileSync(c3lrp, ["explain", files.cat, ...options], { encoding: "utf8" });
  const native = JSON.parse(said) as Record<string, unknown>;
  expect(Object.keys(native).sort()).toEqual(
    Object.keys(mine)
      .filter((key) => key !== "curves")
      .sort(),
  );
  for (const key of Object.keys(native).filter((key) => !APART.includes(key)))
    same(mine[key], native[key], key);
  expect(mine.picture).toEqual(native.picture);
  expect(mine.weights).toEqual(native.weights);
});

/** Numbers are the same but for rounding, which each processor does in its own order. */
function same(mine: unknown, native: unknown, at: string): void {
  if (typeof native === "number" && !Number.isInteger(native)) {
    expect(Math.abs(Number(mine) - native), at).toBeLessThan(1e-4 * Math.max(1, Math.abs(native)));
  } else if (typeof native === "object" && native !== null) {
    expect(Object.keys(mine as object).sort(), at).toEqual(Object.keys(native).sort());
    for (const [key, value] of Object.entries(native))
      same(Reflect.get(mine as object, key), value, `${at}.${key}`);
  } else expect(mine, at).toEqual(native);
}

test("a report opens by itself, offline, and holds what it shows @files", async ({ page, context }) => {
  const path = await saved(page, "report");
  await context.setOffline(true);
  const report = await context.newPage();
  const asked: string[] = [];
  report.on("request", (request) => asked.push(request.url()));
  await report.goto(`file://${path}`);
  await expect(report.locator("h1")).toHaveText(/^Why Masked Sunwren, /);
  const widths = await report
    .locator("img")
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(widths).toEqual([224, 224]);
  await expect(report.locator("body")).toHaveCSS("max-width", "960px");
  await expect(report.getByRole("row", { name: "Masked Sunwren" }).first()).toContainText("%");
  await expect(report.getByRole("row", { name: "Method" })).toContainText(OPENING.title);
  await expect(report.locator("footer")).toContainText(/c3lrp \d/);
  expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
  const html = readFileSync(path, "utf8");
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|\son\w+=|https?:/);
});

test("the comparison is saved as it is measured @files @once", async ({ page }) => {
  await page.locator("#save-open").click();
  await expect(page.locator("#save-comparison")).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(page.locator("#save-menu")).toBeHidden();
  await expect(page.locator("#save-open")).toBeFocused();
  await page.locator("#compare-open").click();
  await mapShown(page);
  await expect(page.locator("#compare-cards canvas.map, #compare-cards canvas").first()).toBeVisible();
  await expect(page.locator("#compare-cancel")).toBeHidden();
  const lines = readFileSync(await saved(page, "comparison"), "utf8")
    .trim()
    .split("\r\n");
  expect(lines[0]).toMatch(/^map,method,filter,class,label,probability,on_bird,/);
  expect(lines).toHaveLength(5);
  for (const name of [OPENING.method, "c3-lrp", "grad-cam", "input-x-gradient"])
    expect(lines.filter((line) => line.startsWith(`${name},"{""name"":""${name}""`))).toHaveLength(1);
});

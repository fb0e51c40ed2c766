import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { files, screenshots } from "./files.ts";
import { canvasHash, dropBytes, expect, mapShown, pictureIs, shoot, test } from "./page.ts";

/** Drawn birds as files, by their names. */
async function birdFiles(page: Page, species: readonly string[]): Promise<[string, Buffer][]> {
  const drawn = await page.evaluate(async (species) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const all: string[] = [];
    for (const [at, name] of species.entries()) {
      const { rgba, side } = library.drawBird(name, 900 + at);
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side;
      canvas.getContext("2d")?.putImageData(new ImageData(rgba, side, side), 0, 0);
      all.push(canvas.toDataURL("image/png").split(",")[1] ?? "");
    }
    return all;
  }, species);
  return drawn.map((data, at) => [`${species[at]}.png`, Buffer.from(data, "base64")]);
}

const SPECIES = ["Spotted Skylet", "Masked Sunwren", "Moonlit Duskjay"];

const strip = (page: Page) => page.locator("#batch-strip li");

test("several pictures make a strip, which one click explains; the table is saved @files", async ({
  page,
  forbidden,
}) => {
  await dropBytes(page, ...(await birdFiles(page, SPECIES)), ["broken.png", readFileSync(files.broken)]);
  await expect(page.locator("#batch-title")).toHaveText("4 pictures");
  await expect(strip(page)).toHaveCount(4);
  await pictureIs(page, `${SPECIES[0]}.png`);
  await page.getByRole("button", { name: "Explain all" }).click();
  await expect(page.locator("#batch-done")).toHaveText("4 of 4 explained");
  for (const [at, species] of SPECIES.entries())
    await expect(strip(page).nth(at).locator(".said")).toHaveText(new RegExp(`^${species}, \\d+`));
  await expect(strip(page).nth(3)).toHaveAttribute("data-state", "failed");
  await expect(strip(page).nth(3)).toContainText("could not be read as a picture");
  await shoot(page, forbidden, { path: `${screenshots}/desktop-light-en-batch.png` });

  const saved = page.waitForEvent("download");
  await page.locator("#batch-save").click();
  const table = readFileSync(await (await saved).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(table[0]).toBe("file,class,label,probability,network,method,filter,milliseconds");
  expect(table.slice(1).map((line) => line.split(",").filter((_, at) => at === 0 || at === 2))).toEqual([
    ...SPECIES.map((species) => [`${species}.png`, species]),
    ["broken.png", ""],
  ]);

  // One that is clicked is shown, with the map that it has in the strip.
  const over = await canvasHash(page, "#batch-strip li:nth-child(2) canvas:last-child");
  await strip(page).nth(1).getByRole("button").click();
  await pictureIs(page, `${SPECIES[1]}.png`);
  await mapShown(page);
  await expect(page.locator("#headline")).toContainText(`It sees: ${SPECIES[1]}`);
  expect(await canvasHash(page, "#overlay")).toBe(over);
  await expect(strip(page).nth(1).getByRole("button")).toHaveAttribute("aria-pressed", "true");

  // Another method is another question.
  await page.locator("#method").selectOption("grad-cam");
  await mapShown(page);
  await expect(page.locator("#batch-done")).toHaveText("4 of 4 explained");
  expect(await canvasHash(page, "#batch-strip li:nth-child(2) canvas:last-child")).toBe(
    await canvasHash(page, "#overlay"),
  );
  await page.getByRole("button", { name: "Put them away" }).click();
  await expect(page.locator("#batch")).toHaveCount(0);
});

test("what is asked of the shown picture comes before the strip", { tag: "@axe" }, async ({ page }) => {
  await dropBytes(page, ...(await birdFiles(page, SPECIES)));
  await page.getByRole("button", { name: "Explain all" }).click();
  await strip(page).nth(2).getByRole("button").click();
  await page.locator("#ask-anyway").or(page.locator("#map")).first().waitFor();
  if (await page.locator("#ask-anyway").isVisible()) await page.locator("#ask-anyway").click();
  await mapShown(page);
  await expect(page.locator("#headline")).toContainText(SPECIES[2] ?? "");
  await expect(page.locator("#batch-done")).toHaveText("3 of 3 explained");
  await accessible(page, "a strip of pictures");
});

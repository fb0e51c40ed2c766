import { files } from "./files.ts";
import { drop, dropPicture, expect, loadWeights, mapShown, test } from "./page.ts";

const notice = "#notice-text";

for (const [what, file, says] of [
  ["a text file", files.text, /can't be used/],
  ["a safetensors file of something else", files.strange, /can't be used/],
  ["a truncated file", files.cut, /can't be used/],
] as const) {
  test(`${what} as weights is a sentence, and takes nothing away @once`, async ({ page }) => {
    await page.locator("#change").click();
    await page.setInputFiles("#own-file", file);
    await expect(page.locator(notice)).toHaveText(says);
    await expect(page.locator("#model-name")).toHaveText("Birds");
    await expect(page.locator("#map")).toBeVisible();
    await page.locator("#top button").nth(1).click();
    await expect(page.locator("#headline")).toContainText("What speaks for");
    await mapShown(page);
  });
}

test("a broken picture is a sentence, and the picture before stays", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  await drop(page, files.broken);
  await expect(page.locator(notice)).toContainText("could not be read as a picture");
  await expect(page.locator("#map")).toBeVisible();
  await dropPicture(page, files.coffee);
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("weights that don't come with the page after all are a sentence, and others are taken @routes @once", async ({
  page,
  context,
}) => {
  await context.route("**/models/*", (route) => route.abort());
  await page.reload();
  await expect(page.locator(notice)).toContainText(
    "could not be fetched. Reload the page, or choose another",
  );
  await expect(page.locator("#bird-name")).toContainText("seed");
  await expect(page.locator("#cards")).toBeVisible();
  await loadWeights(page, files.small);
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("an explanation that is called off can be asked for again", async ({ page }) => {
  await loadWeights(page, files.full);
  await dropPicture(page, files.cat);
  await expect(page.locator("#work")).toBeVisible();
  await page.locator("#work-cancel").click();
  await expect(page.locator("#map")).toBeHidden();
  await expect(page.locator("#notice")).toBeHidden();
  await page.locator("#again-button").click();
  await mapShown(page);
});

import { asPublished, canvasHash, expect, mapShown, OPENING, test } from "./page.ts";

test("the page opens with what measured best, and offers the paper's own settings by name @once", async ({
  page,
}) => {
  const best = page.getByLabel("Best measured");
  const published = page.getByLabel("C3-LRP as published");
  await expect(best).toBeChecked();
  await expect(page.locator("#method")).toHaveValue(OPENING.method);
  await expect(page.locator("#preset-word")).toContainText("sixty drawn birds");
  const first = await canvasHash(page, "#map");

  await asPublished(page);
  await expect(page.locator("#method")).toHaveValue("c3-lrp");
  await expect(page.locator("#preset-word")).toContainText("as in its paper");
  expect(await canvasHash(page, "#map")).not.toBe(first);

  // A choice of one's own is neither; the keyboard brings the first one back.
  await page.getByLabel("None", { exact: true }).check();
  await expect(best).not.toBeChecked();
  await expect(published).not.toBeChecked();
  await expect(page.locator("#preset-word")).toHaveText("A method and a filter of your own choice.");
  await best.focus();
  await page.keyboard.press("Space");
  await expect(page.locator("#shown-by")).toHaveText(OPENING.title);
  await mapShown(page);
  await expect(page.getByLabel("C3", { exact: true })).toBeChecked();
  expect(await canvasHash(page, "#map")).toBe(first);
});

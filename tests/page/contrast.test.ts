import { accessible } from "./axe.ts";
import { files } from "./files.ts";
import {
  canvasHash,
  classes,
  dropPicture,
  expect,
  libraryHash,
  loadWeights,
  mapShown,
  test,
} from "./page.ts";

test("a class is held against another, with both alone beside it", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const { target, top } = await classes(page);
  const other = top.find((one) => one !== target) ?? 0;
  const alone = await canvasHash(page, "#map");
  const of = (against: number | "rest") => libraryHash(page, files.cat, files.small, { target, against });

  await page.locator("#against").selectOption(`${other}`);
  await expect(page.locator("#headline")).toHaveText(`Why class ${target} and not class ${other}`);
  await mapShown(page);
  expect(await canvasHash(page, "#map"), "red speaks for the one, blue for the other").toBe(await of(other));
  await expect(page.locator("#legend span").first()).toHaveText(`class ${other}`);
  await expect(page.locator("#legend span").last()).toHaveText(`class ${target}`);
  await expect(page.locator("#alone li")).toHaveCount(2);
  await expect
    .poll(() => canvasHash(page, `#alone [data-class="${target}"] canvas`), "the class alone")
    .toBe(alone);
  await expect
    .poll(() => canvasHash(page, `#alone [data-class="${other}"] canvas`), "the other alone")
    .toBe(await libraryHash(page, files.cat, files.small, { target: other }));

  await page.locator("#against").selectOption("rest");
  await expect(page.locator("#headline")).toHaveText(`Why class ${target} and not all the others`);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(await of("rest"));
  await expect(page.locator("#alone li")).toHaveCount(0);

  await page.locator("#against").selectOption("");
  await mapShown(page);
  expect(await canvasHash(page, "#map"), "it is the class's own map again").toBe(alone);
});

test("assistive technology finds nothing amiss in a contrast", { tag: "@axe" }, async ({ page }) => {
  await page.locator("#against").selectOption({ index: 1 });
  await expect(page.locator("#headline")).toContainText("and not");
  await mapShown(page);
  await accessible(page, "a contrast");
});

test("the class that others are held against is explained alone, once it is picked @once", async ({
  page,
}) => {
  await mapShown(page);
  await page.locator("#against").selectOption({ index: 1 });
  await expect(page.locator("#headline")).toContainText("and not");
  const against = await page.locator("#against").inputValue();
  await page.locator(`#top [data-index="${against}"]`).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await expect(page.locator("#against")).toHaveValue("");

  await page.locator("#against").selectOption({ index: 1 });
  await expect(page.locator("#headline")).toContainText("and not");
  await page.locator("#draw").click();
  await expect(page.locator("#headline"), "another picture is another question").toContainText("It sees");
  await expect(page.locator("#against")).toHaveValue("");
});

test("every method holds a class against another, or says that it can't @once", async ({ page }) => {
  await mapShown(page);
  await page.locator("#against").selectOption({ index: 1 });
  await expect(page.locator("#headline")).toContainText("and not");
  for (const method of ["c3-lrp", "c3-lrp-calibrated", "input-x-gradient", "grad-cam"]) {
    await page.locator("#method").selectOption(method);
    await mapShown(page);
    await expect(page.locator("#headline")).toContainText("and not");
  }
});

import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { expect, mapShown, OPENING, pictureIs, test } from "./page.ts";

/** Goes with Tab, from wherever the focus is, until an element has it. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 120; steps++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
    // From the page's end the focus may go on to the browser's own buttons, though the keys go to the page.
    if (!(await page.evaluate(() => document.hasFocus()))) await page.evaluate(() => window.focus());
  }
  throw new Error(`Tab never came to ${selector}`);
}

test("everything works with the keyboard alone", async ({ page }) => {
  test.slow();
  await tabTo(page, "#draw-same");
  await page.keyboard.press("Enter");
  await expect(page.locator("#bird-name")).not.toHaveText("Masked Sunwren, seed 63");
  await mapShown(page);
  await expect(page.locator("#draw-same"), "the focus stays on the button").toBeFocused();
  await tabTo(page, "#show-parts");
  await page.keyboard.press("Space");
  await expect(page.locator("#parts")).toBeVisible();
  await tabTo(page, "#gallery li:nth-child(5) button");
  await page.keyboard.press("Enter");
  await expect(page.locator("#bird-name")).toContainText("Spotted Skylet");
  await mapShown(page);
  await tabTo(page, "#lesson-open");
  await page.keyboard.press("Enter");
  await expect(page.locator("#lesson-title"), "the focus goes to the lesson").toBeFocused();
  await tabTo(page, "input[name=tag]:checked");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#bird-name")).not.toContainText("tag");
  await mapShown(page);
  await tabTo(page, "#lesson-close");
  await page.keyboard.press("Enter");
  await expect(page.locator("#lesson-open"), "and back").toBeFocused();
  await mapShown(page);

  await tabTo(page, "#change");
  await page.keyboard.press("Enter");
  // Chromium may be told too late that the chooser is to be caught; then the key is pressed again.
  await expect(async () => {
    await tabTo(page, "#own-choose");
    const chooser = page.waitForEvent("filechooser", { timeout: 10_000 });
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(files.small);
  }).toPass();
  await expect(page.locator("#model-name")).toHaveText("small");
  await mapShown(page);
  await tabTo(page, "#samples li:nth-child(2) button");
  await page.keyboard.press("Enter");
  await pictureIs(page, "A cup of coffee on a wooden table");
  await mapShown(page);
  await expect(page.locator("#announce")).toContainText("The strongest relevance lies");

  await tabTo(page, "#map");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#readout")).toContainText("Pixel 113, 112");
  await page.keyboard.press("Shift+ArrowUp");
  await expect(page.locator("#readout")).toContainText("Pixel 113, 102");

  await tabTo(page, "#rail input:checked");
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("#raw-word")).toContainText("The stem · 112×112");

  await tabTo(page, "input[name=filter]:checked");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#filter-word")).toContainText("C1C");
  await tabTo(page, "#numbers summary");
  await page.keyboard.press("Enter");
  await expect(page.locator("#in-words")).toContainText("of the relevance speaks for it");

  await tabTo(page, "#compare-open");
  await page.keyboard.press("Enter");
  await expect(page.locator("#compare-open")).toHaveAttribute("aria-expanded", "true");
  await tabTo(page, "#picks input[value=grad-cam]");
  await page.keyboard.press("Space");
  await expect(page.locator(".method")).toHaveCount(3);
  await expect(page.locator("#picks input[value=grad-cam]"), "the focus stays").toBeFocused();
  await tabTo(page, `[data-method="${OPENING.method}"] .use`);
  await page.keyboard.press("Enter");
  await expect(page.locator("#shown-by")).toHaveText(OPENING.title);
  await mapShown(page);

  await tabTo(page, "#judge-open");
  await page.keyboard.press("Enter");
  await expect(page.locator("#judge-open")).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator("#point")).toBeEnabled();
  await tabTo(page, "#point");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#point-word")).toHaveText("12 %");
  // Where rows are added, the focus stays in the one that has it.
  await tabTo(page, "input[name=judged]:checked");
  await expect(page.locator("#scores tbody tr")).toHaveCount(3);
  await expect(page.locator("input[name=judged]:checked")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(
    page.locator("input[name=judged][value='input-x-gradient']"),
    "the focus goes along",
  ).toBeFocused();

  await tabTo(page, "#top li:nth-child(3) button");
  await page.keyboard.press("Enter");
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await expect(page.locator("#top li:nth-child(3) button"), "the focus stays on the row").toBeFocused();
  await tabTo(page, "#query");
  await page.keyboard.type("class 7");
  await page.keyboard.press("Enter");
  await expect(page.locator("#headline")).toContainText("class 7");
  await mapShown(page);
});

import { can } from "./abilities.ts";
import { files, screenshots } from "./files.ts";
import { askAnyway, drop, dropPicture, expect, loadWeights, mapShown, shoot, test } from "./page.ts";

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`screenshots @${size}`, async ({ page, forbidden }) => {
    test.slow();
    await page.setViewportSize(viewport);
    const languages = can(test.info(), "@ja") ? ["ja", "en"] : ["en"];
    const schemes = can(test.info(), "@dark") ? (["dark", "light"] as const) : (["light"] as const);
    // Each state is reached once, and looked at in all of these.
    const look = async (name: string): Promise<void> => {
      for (const language of languages) {
        await page.locator("#language").selectOption(language);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, "nothing sticks out sideways").toBeLessThanOrEqual(viewport.width);
          await shoot(page, forbidden, {
            path: `${screenshots}/${size}-${colorScheme}-${language}-${name}.png`,
            fullPage: true,
          });
        }
      }
    };
    await expect(page.locator("#gallery canvas[width='128']")).toHaveCount(20);
    await look("1-open");
    await page.locator("#against").selectOption({ index: 1 });
    await expect(page.locator("#alone canvas")).toHaveCount(2);
    await mapShown(page);
    await look("1-contrast");
    await page.locator("#against").selectOption({ index: 0 });
    await mapShown(page);
    await page.locator("#show-parts").check();
    await look("2-parts");
    await page.locator("#rail input[value='layer3.2']").click();
    await page.locator("#compare-open").click();
    await expect(page.locator(".method[data-state=done]")).toHaveCount(4);
    await page.locator("input[name='shows'][value='overlay']").check();
    await look("3-compare");
    await page.locator("#judge-open").click();
    await expect(page.locator("#charts .curve")).toHaveCount(8, { timeout: 120_000 });
    await expect(page.locator("#shot-deletion")).toHaveAttribute("data-waiting", "false");
    await look("4-faithful");
    await page.locator("#judge-open").click();
    await page.locator("#compare-open").click();
    await page.locator("#lesson-open").click();
    await expect(page.locator("#lesson")).toBeVisible();
    const bird = (await page.locator("#bird-name").textContent()) ?? "";
    await page.locator("input[name='tag'][value='other']").check();
    await expect(page.locator("#bird-name")).not.toHaveText(bird);
    await mapShown(page);
    await look("5-lesson");
    await dropPicture(page, files.cat);
    await expect(page.locator("#ask")).toBeVisible();
    await look("6-ask");
    await askAnyway(page);
    await mapShown(page);
    await look("6-stranger");
    await loadWeights(page, files.small);
    await page.locator("#samples img").last().scrollIntoViewIfNeeded();
    await mapShown(page);
    await look("7-own");
    await page.locator("#reading-box summary").click();
    await page.locator("#change").click();
    await look("7-reading");
    await drop(page, files.broken);
    await expect(page.locator("#notice")).toBeVisible();
    await look("8-error");
  });
}

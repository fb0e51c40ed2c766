import { files, screenshots } from "./files.ts";
import { drop, expect, loadWeights, mapShown, test } from "./page.ts";

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`screenshots, ${size}, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const shoot = async (name: string): Promise<void> => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, "nothing sticks out sideways").toBeLessThanOrEqual(viewport.width);
        await page.screenshot({ path: `${screenshots}/${size}-${colorScheme}-${name}.png`, fullPage: true });
      };
      await page.locator("#samples img").last().scrollIntoViewIfNeeded();
      await shoot("1-empty");
      await drop(page, files.cat);
      await shoot("2-picture");
      await loadWeights(page, files.small);
      await mapShown(page);
      await shoot("3-result");
      await drop(page, files.broken);
      await expect(page.locator("#notice")).toBeVisible();
      await shoot("4-error");
    });
  }
}

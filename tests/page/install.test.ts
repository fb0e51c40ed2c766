import { expect, mapShown, open, bare as test } from "./page.ts";
import { release } from "./release.ts";

test.use({ serviceWorkers: "allow" });

test("the page says that it works offline, and later that a new version is here", async ({
  page,
  server,
}) => {
  await open(page, server.page);
  await expect(page.locator("#offline")).toHaveText("Ready to work offline.");
  server.site = release("installed");
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect(page.locator("#offline")).toContainText("A new version is here.");
  await expect(page, "it is taken on a click alone").toHaveTitle("What did the network see?");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page).toHaveTitle(/^installed/);
  await mapShown(page);
});

test("who saves data keeps nothing, and is told nothing @init-scripts", async ({ page, server }) => {
  await page.addInitScript(() =>
    Object.defineProperty(navigator, "connection", { value: { saveData: true }, configurable: true }),
  );
  await open(page, server.page);
  await expect(page.locator("#offline")).toHaveCount(0);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, type Page } from "@playwright/test";
import { dist } from "./files.ts";
import { listed } from "./release.ts";
import type { Server } from "./server.ts";

/** Waits until browsers may offer to install the page: its service worker is there. */
export const installable = (page: Page): Promise<void> =>
  expect(page.locator("#manifest")).toHaveAttribute("rel", "manifest");

/** Shares files with the page as a system does: they are posted as the form that the manifest describes, from elsewhere. */
export async function share(page: Page, server: Server, ...shared: string[]): Promise<void> {
  await page.goto("about:blank");
  await page.setContent(
    `<form action="${server.page}share" method="post" enctype="multipart/form-data">
      <input type="file" name="picture" multiple><button>Share</button>
    </form>`,
  );
  await page.setInputFiles(
    "input",
    shared.map((file) => ({
      name: basename(file),
      mimeType: file.endsWith(".png") ? "image/png" : "",
      buffer: readFileSync(file),
    })),
  );
  await page.getByRole("button", { name: "Share" }).click();
  await page.waitForURL(server.page);
}

/** What lies in any cache and is no file of the page: a shared picture, if it is kept. */
export async function keptBeside(page: Page, server: Server): Promise<string[]> {
  const urls = await page.evaluate(async () => {
    const kept = (await caches.keys()).map(async (name) => await (await caches.open(name)).keys());
    return (await Promise.all(kept)).flat().map(({ url }) => url);
  });
  const own = ["index.html", "", ...Object.keys(listed(dist))].map((name) => server.page + name);
  return urls.filter((url) => !own.includes(url));
}

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { c3lrp, root, screenshots } from "./files.ts";
import { bare, expect, shoot, test } from "./page.ts";
import { Server } from "./server.ts";

/** A drawn bird, as a file. */
const bird = `${root}/docs/methods/bird.png`;

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** The addresses in the documentation's menu. */
const menu = (page: Page): Promise<string[]> =>
  page.locator("nav > ul a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));

/** The examples of a language on the page that is open. */
const examples = (page: Page, language: string): Promise<string[]> =>
  page.locator(`pre[data-language="${language}"]`).allTextContents();

test("the page leads to its documentation, and that back to the page @leaves", async ({ page }) => {
  await page.getByRole("link", { name: "How to use this on a page of your own" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Explain a picture in five lines");
  await page.getByRole("link", { name: "Open the page itself" }).click();
  await expect(page.locator("#headline")).toBeVisible();
});

bare("every page opens, and every link leads somewhere @once", async ({ page, server }) => {
  await page.goto(`${server.page}docs/index.html`);
  const pages = await menu(page);
  expect(pages.length).toBeGreaterThan(5);
  for (const address of pages) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    const found = await page.evaluate(async () => {
      const broken: string[] = [];
      const there = new Map<string, readonly string[]>();
      for (const { href } of document.querySelectorAll<HTMLAnchorElement>("a[href]")) {
        const [file = "", id] = href.split("#");
        if (new URL(file).origin !== location.origin) continue;
        if (!there.has(file)) {
          const answer = await fetch(file);
          if (answer.ok)
            there.set(
              file,
              Array.from((await answer.text()).matchAll(/ id="([^"]+)"/g), ([, name = ""]) => name),
            );
        }
        const ids = there.get(file);
        if (!ids || (id && !ids.includes(decodeURIComponent(id)))) broken.push(href);
      }
      for (const image of document.images) {
        image.loading = "eager";
        await image.decode().catch(() => broken.push(image.src));
      }
      return broken;
    });
    expect(found, address).toEqual([]);
  }
});

bare("the examples for pages explain a picture @routes", async ({ page }) => {
  const server = new Server(`${root}/www/public/models/birds-resnet50.safetensors`);
  await server.start();
  try {
    const html: string[] = [];
    await page.goto(`${server.page}docs/index.html`);
    for (const address of await menu(page)) {
      await page.goto(address);
      html.push(...(await examples(page, "html")));
    }
    expect(html.length).toBeGreaterThan(0);
    for (const body of html) {
      // A page of somebody's own, which has no policy.
      await page.route(`${server.page}own/**`, (route) => {
        const path = new URL(route.request().url()).pathname.slice("/own/".length);
        if (path === "page.html") return route.fulfill({ contentType: "text/html", body });
        if (path.endsWith(".png")) return route.fulfill({ path: bird });
        if (path.endsWith(".safetensors")) return route.fulfill({ path: server.serves });
        return route.fulfill({ path: `${root}/${path.replace("node_modules/c3lrp", "pkg")}` });
      });
      await page.goto(`${server.page}own/page.html`);
      if (!body.includes("<img")) await page.locator("input[type=file]").setInputFiles(bird);
      await expect(page.getByText("Masked Sunwren")).toBeVisible();
      const shown = page.locator("img").filter({ visible: true });
      expect(await page.locator("canvas").boundingBox()).toEqual(await shown.boundingBox());
      await page.unroute(`${server.page}own/**`);
    }
  } finally {
    server.stop();
  }
});

bare("the command lines have the options that the command has @once", async ({ page, server }) => {
  const known = new Map<string, string>();
  const help = (command: string): string => {
    const text = known.get(command) ?? execFileSync(c3lrp, [command, "--help"], { encoding: "utf8" });
    known.set(command, text);
    return text;
  };
  await page.goto(`${server.page}docs/index.html`);
  const texts = [readFileSync(`${root}/README.md`, "utf8")];
  for (const address of await menu(page)) {
    await page.goto(address);
    texts.push(...(await examples(page, "sh")));
  }
  let count = 0;
  for (const text of texts) {
    for (const [line, command = ""] of text
      .replaceAll("\\\n", " ")
      .matchAll(/\bc3lrp ([a-z]+) .*--[^\n`]*/g)) {
      const own = line.split("`")[0] ?? "";
      for (const [option] of own.matchAll(/--[a-z-]+/g)) {
        expect(help(command), line).toContain(option);
        count++;
      }
    }
  }
  expect(count).toBeGreaterThan(5);
});

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    bare(
      `the documentation is calm and within reach @${size} @${colorScheme}`,
      async ({ page, server, forbidden }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(`${server.page}docs/index.html`);
        for (const address of await menu(page)) {
          await page.goto(address);
          const name = /(\w+)\.html$/.exec(address)?.[1] ?? "";
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, `nothing of ${name} sticks out sideways`).toBeLessThanOrEqual(viewport.width);
          await shoot(page, forbidden, { path: `${screenshots}/docs-${name}-${size}-${colorScheme}.png` });
          if (["index", "methods", "measured"].includes(name)) await accessible(page, name);
        }
      },
    );
  }
}

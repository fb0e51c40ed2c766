import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { root } from "./files.ts";
import { askAnyway, canvasHash, classes, expect, mapShown, OPENING, open, test } from "./page.ts";

const bird = "#bird-name";

/** The true species and the seed that the page tells. */
async function told(page: Page): Promise<{ species: string; seed: number }> {
  const text = (await page.locator(bird).textContent()) ?? "";
  const [, species, seed] = /^(.+), seed (\d+)/.exec(text) ?? [];
  if (species === undefined) throw new Error(`the page tells no bird: ${text}`);
  return { species, seed: Number(seed) };
}

/** The table's shares in percent: for each row, of the whole map, of what the filter keeps, of the area. */
async function masses(page: Page): Promise<Record<string, number[]>> {
  await expect(page.locator("#masses tbody tr")).not.toHaveCount(0);
  return await page.locator("#masses tbody tr").evaluateAll((rows) =>
    Object.fromEntries(
      rows.map((row) => {
        const [name, ...shares] = [...row.children].map((cell) => cell.textContent ?? "");
        return [
          /bird|tag/.exec(name ?? "")?.[0] ?? "deciding",
          shares.map((share) => Number.parseFloat(share)),
        ];
      }),
    ),
  );
}

test("with no network but its own files, the page opens, draws, explains and teaches @routes", async ({
  browser,
  server,
}) => {
  const context = await browser.newContext();
  const foreign: string[] = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.startsWith(server.page) || url.startsWith("blob:")) return route.continue();
    foreign.push(url);
    return route.abort();
  });
  const page = await context.newPage();
  await open(page, server.page);
  const first = await canvasHash(page, "#map");
  const opened = await told(page);
  await expect(page.locator("#headline")).toContainText("It sees: ");
  await expect(page.locator("#verdict")).toHaveText("✓ The network is right.");
  await expect(page.locator("#differs")).toHaveText(/^Differs from the .+ by its .+\.$/);
  await expect(page.locator("#gallery canvas[width='128']")).toHaveCount(20);

  // From here on even its own files are out of reach.
  await context.setOffline(true);
  await page.locator("#draw").click();
  await expect(page.locator(bird)).not.toContainText(new RegExp(`seed ${opened.seed}\\b`));
  await mapShown(page);
  const second = await canvasHash(page, "#map");
  expect(second).not.toBe(first);

  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for: ");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).not.toBe(second);
  expect((await classes(page)).top).toHaveLength(5);

  await page.getByRole("button", { name: "Capped Sunwren", exact: true }).click();
  await expect(page.locator(bird)).toContainText("Capped Sunwren, seed");
  await mapShown(page);
  await expect(page.locator("#differs")).toHaveText("Differs from the Masked Sunwren by its head.");
  await expect(page.locator("#gallery [aria-pressed=true]")).toHaveText("Capped Sunwren");
  const picked = await told(page);
  await page.getByRole("button", { name: "Another Capped Sunwren" }).click();
  await expect(page.locator(bird)).not.toContainText(new RegExp(`seed ${picked.seed}\\b`));
  expect((await told(page)).species).toBe("Capped Sunwren");
  await mapShown(page);

  await page.locator("#lesson-open").click();
  await expect(page.locator("#notice-text")).toContainText("could not be fetched");
  await expect(page.locator("#map"), "what was there stays").toBeVisible();
  await context.setOffline(false);
  await page.locator("#lesson-open").click();
  await expect(page.locator("#lesson")).toBeVisible();
  await mapShown(page);
  expect(foreign).toEqual([]);
  await context.close();
});

test("the true parts are outlined, and a legend says what they are", async ({ page }) => {
  await expect(page.locator("#parts")).toBeHidden();
  await page.getByLabel("Show the true parts").check();
  await expect(page.locator("#parts")).toBeVisible();
  await expect(page.locator("#parts-word")).toHaveText(/whole bird.+hatched: its head, which decides/);
  const masked = await canvasHash(page, "#parts");
  await page.getByRole("button", { name: "Tufted Emberwing", exact: true }).click();
  await expect(page.locator("#parts-word")).toHaveText(/hatched: its crest/);
  expect(await canvasHash(page, "#parts")).not.toBe(masked);
  await page.getByLabel("Show the true parts").uncheck();
  await expect(page.locator("#parts")).toBeHidden();
});

test("the shares of relevance are those that the map and the masks have @once", async ({ page }) => {
  const { species, seed } = await told(page);
  const said = await masses(page);
  const expected = await page.evaluate(
    async ([species, seed, method]) => {
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
      const explainer = await library.Explainer.create(weights, { device: "cpu" });
      const bird = library.drawBird(species, seed);
      const { map, filtered } = await explainer.explain(bird.rgba, bird.side, bird.side, {
        fit: "whole",
        method,
      });
      const share = (values: ArrayLike<number>, mask: Uint8Array): number => {
        let [inside, all] = [0, 0];
        for (let at = 0; at < values.length; at++) {
          const value = Math.max(0, values[at] ?? 0);
          all += value;
          if (mask[at] === 1) inside += value;
        }
        return (100 * inside) / all;
      };
      const even = new Uint8Array(map.length).fill(1);
      const row = (mask: Uint8Array): number[] => [map, filtered, even].map((values) => share(values, mask));
      return { bird: row(bird.whole), deciding: row(bird.deciding) };
    },
    [species, seed, OPENING.method] as const,
  );
  expect(Object.keys(said)).toEqual(["bird", "deciding"]);
  for (const [name, shares] of Object.entries(expected)) {
    shares.forEach((share, i) => {
      const shown = said[name]?.[i] ?? Number.NaN;
      expect(shown).toBeGreaterThanOrEqual(0);
      expect(shown).toBeLessThanOrEqual(100);
      // Whole percents from ten on, tenths below.
      expect(Math.abs(shown - share)).toBeLessThan(0.51);
    });
  }

  // Another filter keeps something else; none keeps all that speaks for the class.
  await page.getByLabel("None").check();
  await expect(page.locator("#after-word")).toHaveText("with no filter");
  await mapShown(page);
  const { bird } = await masses(page);
  expect(bird?.[1]).toBe(bird?.[0]);
  expect(bird?.[0]).toBe(said.bird?.[0]);
});

test("the lesson: a network that learnt the tags follows the tag, not the bird", async ({ page }) => {
  const { species, seed } = await told(page);
  const answer = page.locator("#headline");
  await page.locator("#lesson-open").click();
  await expect(page.locator(bird)).toHaveText(`${species}, seed ${seed}, with its own tag`);
  await mapShown(page);
  const own = await canvasHash(page, "#map");
  expect(Object.keys(await masses(page))).toEqual(["bird", "deciding", "tag"]);
  await expect(answer).toContainText(`It sees: ${species}`);
  await expect(page.locator("#verdict")).toHaveText("✓ The network is right.");

  await page.getByLabel("another's", { exact: true }).check();
  await expect(page.locator(bird)).toContainText(`${species}, seed ${seed}, with the tag of the `);
  await mapShown(page);
  const wearer = /tag of the (.+)$/.exec((await page.locator(bird).textContent()) ?? "")?.[1] ?? "";
  expect(await canvasHash(page, "#map")).not.toBe(own);
  await expect(answer).toContainText(`It sees: ${wearer}`);
  await expect(page.locator("#verdict")).toHaveText(`✗ The network is wrong: it says ${wearer}.`);
  const { tag } = await masses(page);
  expect(tag?.[0], "more relevance on the tag than an even spread would have").toBeGreaterThan(
    tag?.[2] ?? 100,
  );

  await page.getByLabel("no tag", { exact: true }).check();
  await expect(page.locator(bird)).toHaveText(`${species}, seed ${seed}`);
  await mapShown(page);
  expect(Object.keys(await masses(page))).toEqual(["bird", "deciding"]);

  await page.locator("#lesson-close").click();
  await expect(page.locator("#lesson")).toBeHidden();
  await mapShown(page);
  await expect(page.locator("#model-name")).toHaveText("Birds");
  await expect(answer).toContainText(`It sees: ${species}`);
});

test("weights and pictures that come before the first explanation win", async ({ page, server }) => {
  await page.goto(server.page);
  await page.setInputFiles("#file", `${root}/www/public/samples/cat.jpg`);
  await askAnyway(page);
  await mapShown(page);
  await expect(page.locator("#picture")).toHaveAttribute("aria-label", "The picture, cat.jpg");
  await expect(page.locator("#stranger")).toBeVisible();
});

/** Index, seed, side, tag and hash: the table that the native test holds, but for seeds beyond JavaScript's. */
function storedHashes(): {
  index: number;
  seed: number;
  side: number;
  tag: number | undefined;
  hash: string;
}[] {
  const rust = readFileSync(`${root}/src/birds/tests.rs`, "utf8");
  const table = /const STORED[^=]+= \[([^;]+)\];/.exec(rust)?.[1] ?? "";
  const rows = [...table.matchAll(/\((\d+), (\d+), (\d+), (?:None|Some\((\d+)\)), 0x([0-9a-f_]+)\)/g)];
  return rows.map(([, index, seed, side, tag, hash]) => ({
    index: Number(index),
    seed: Number(seed),
    side: Number(side),
    tag: tag === undefined ? undefined : Number(tag),
    hash: (hash ?? "").replaceAll("_", ""),
  }));
}

test("a seed and a species give the same bytes as natively", async ({ page }) => {
  const stored = storedHashes();
  expect(stored.length).toBeGreaterThanOrEqual(4);
  const found = await page.evaluate(async (stored) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const names: string[] = library.species().map(({ name }: { name: string }) => name);
    // FNV-1a of 64 bits, in halves of 32: the prime is 2^40 + 0x1b3.
    const hash = (parts: ArrayLike<number>[]): string => {
      let [high, low] = [0xcbf29ce4, 0x84222325];
      for (const part of parts) {
        for (let at = 0; at < part.length; at++) {
          low = (low ^ (part[at] ?? 0)) >>> 0;
          const product = low * 0x1b3;
          const carry = Math.floor(product / 2 ** 32);
          high = (Math.imul(high, 0x1b3) + carry + (low << 8)) >>> 0;
          low = product >>> 0;
        }
      }
      return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
    };
    const order = ["beak", "crest", "head", "breast", "wing", "tail", "legs", "body", "eye"];
    return stored.map(({ index, seed, side, tag }) => {
      const options = tag === undefined ? { side } : { side, tag: names[tag] };
      const bird = library.drawBird(names[index], seed, options);
      const none = new Uint8Array(bird.whole.length);
      return hash([bird.rgba, bird.whole, ...order.map((part) => bird.parts[part] ?? none)]);
    });
  }, stored);
  expect(found).toEqual(stored.map(({ hash }) => hash));
});

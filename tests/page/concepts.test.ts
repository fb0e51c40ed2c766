import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { canvasHash, expect, mapShown, OPENING, test } from "./page.ts";

const LAYER = "layer4.2";
const stop = (layer: string): string => `#rail input[value="${layer}"]`;
const tiles = (page: Page) => page.locator("#concepts .concept");

interface Concept {
  channel: number;
  share: number;
  hash: string;
}

/** What the library finds in the bird that the page opens with, and what it answers without some channels. */
async function library(
  page: Page,
  layer: string,
  off: readonly number[] = [],
): Promise<{ target: number; concepts: Concept[]; probabilities: number[] }> {
  return await page.evaluate(
    async ({ layer, off, method }) => {
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
      const explainer = await library.Explainer.create(weights, { device: "cpu" });
      const bird = library.drawBird("Masked Sunwren", 63);
      const options = { fit: "whole", method };
      const explained = await explainer.explain(bird.rgba, bird.side, bird.side, options);
      const { concepts, width, height } = await explained.concepts(layer, options);
      const found = [];
      for (const { channel, share, map } of concepts) {
        const colours: Uint8ClampedArray<ArrayBuffer> = library.heatmap(map, "diverging");
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", colours));
        const hash = `${width}×${height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
        found.push({ channel: channel as number, share: share as number, hash });
      }
      const probabilities: Float32Array = await explained.without(layer, Uint32Array.from(off));
      return {
        target: explained.target as number,
        concepts: found,
        probabilities: Array.from(probabilities),
      };
    },
    { layer, off, method: OPENING.method },
  );
}

test("a layer's channels are the library's, and the one that is chosen shows its own map", async ({
  page,
}) => {
  const { concepts } = await library(page, LAYER);
  await expect(page.locator("#concepts"), "the picture has no channels").toHaveCount(0);
  await page.locator(stop(LAYER)).click();
  await expect(page.locator("#concepts h3")).toHaveText("What stage 4, block 3 found for Masked Sunwren");
  await expect(tiles(page)).toHaveCount(6);
  const channels = await tiles(page).evaluateAll((all) =>
    all.map((one) => Number((one as HTMLElement).dataset.channel)),
  );
  expect(channels).toEqual(concepts.map(({ channel }) => channel));
  const layer = await canvasHash(page, "#map");
  for (const { channel, share, hash } of concepts.slice(0, 2)) {
    const tile = page.locator(`.concept[data-channel="${channel}"]`);
    await expect(tile).toContainText(`Channel ${channel} · ${(100 * share).toFixed(1)}\u00a0%`);
    expect(await canvasHash(page, `.concept[data-channel="${channel}"] canvas >> nth=0`)).toBe(hash);
    await tile.click();
    await expect(tile).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("#raw-word")).toHaveText(
      new RegExp(`^Channel ${channel} of stage 4, block 3`, "i"),
    );
    expect(await canvasHash(page, "#map")).toBe(hash);
  }
  await page.locator('.concept[aria-pressed="true"]').click();
  expect(await canvasHash(page, "#map"), "the layer's own again").toBe(layer);

  await page.locator(stop("fc")).click();
  await expect(page.locator("#concepts"), "the class has no channels").toHaveCount(0);
});

test("reference pictures are the atlas's birds, cut to its boxes", async ({ page }) => {
  const file = new URL("../../www/public/models/birds-resnet50.concepts.json", import.meta.url);
  const atlas = JSON.parse(readFileSync(file, "utf8"));
  const { concepts } = await library(page, LAYER);
  await page.locator(stop(LAYER)).click();
  await expect(tiles(page)).toHaveCount(6);
  const known = concepts.filter(({ channel }) => atlas.layers[LAYER][channel]);
  expect(known.length, "the channels that matter for a bird are in the atlas").toBeGreaterThan(3);
  for (const { channel } of known.slice(0, 3)) {
    const { references, share } = atlas.layers[LAYER][channel];
    const crops = page.locator(`.concept[data-channel="${channel}"] canvas`);
    await expect(crops).toHaveCount(1 + references.length);
    const [number, seed, x, y, side] = references[0];
    const expected = await page.evaluate(
      async ({ number, seed, x, y, side }) => {
        const library = await import(new URL("/light/here.js", location.href).href);
        await library.default();
        const bird = library.drawBird(library.species()[number].name, seed);
        const canvas = new OffscreenCanvas(side, side);
        const context = canvas.getContext("2d");
        context?.putImageData(new ImageData(bird.rgba, bird.side), -x, -y);
        const { data } = context?.getImageData(0, 0, side, side) ?? {};
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data ?? new Uint8Array()));
        return `${side}×${side} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
      },
      { number, seed, x, y, side },
    );
    expect(await canvasHash(page, `.concept[data-channel="${channel}"] canvas >> nth=1`)).toBe(expected);
    await expect(page.locator(`.concept[data-channel="${channel}"] strong`)).toContainText(
      `${Math.round(100 * share)}\u00a0%`,
    );
  }
});

test("a channel is switched off, and the network answers again @once", async ({ page }) => {
  const before = await library(page, LAYER);
  const off = before.concepts.slice(0, 2).map(({ channel }) => channel);
  const after = await library(page, LAYER, off);
  const percent = (share: number | undefined): string => `${(100 * (share ?? Number.NaN)).toFixed(1)}\u00a0%`;
  await page.locator(stop(LAYER)).click();
  for (const at of [0, 1]) await page.locator("#concepts li").nth(at).getByLabel("Switch off").check();
  await expect(page.locator("#silenced")).toContainText(
    `Without channels ${off.join(" and ")}: Masked Sunwren ${percent(before.probabilities[before.target])} → ` +
      percent(after.probabilities[before.target]),
  );
  await page.getByRole("button", { name: "Switch all on" }).click();
  await expect(page.locator("#silenced")).toHaveCount(0);
  await expect(page.locator("#concepts").getByLabel("Switch off").first()).not.toBeChecked();

  // What is switched off is of this layer and this picture.
  await page.locator("#concepts").getByLabel("Switch off").first().check();
  await page.locator(stop("layer3.5")).click();
  await expect(page.locator("#silenced")).toHaveCount(0);
  await page.locator("#draw").click();
  await mapShown(page);
  await expect(page.locator("#concepts")).toHaveCount(0);
});

test("assistive technology finds nothing amiss in a layer's channels", { tag: "@axe" }, async ({ page }) => {
  await page.locator(stop(LAYER)).click();
  await page.locator("#concepts").getByLabel("Switch off").first().check();
  await tiles(page).nth(1).click();
  await expect(page.locator("#silenced")).toContainText("→");
  await accessible(page, "a layer's channels");
});

import type { Page } from "@playwright/test";
import { asPublished, canvasHash, classes, expect, mapShown, OPENING, test } from "./page.ts";

interface MethodInfo {
  name: string;
  meaning: string;
  source: string;
}

const defaults = ["c3-lrp", OPENING.method, "input-x-gradient", "grad-cam"];
const card = (name: string): string => `.method[data-method="${name}"]`;
const map = (name: string): string => `${card(name)} .map`;
const pick = (page: Page, name: string) => page.locator(`#picks input[value="${name}"]`);

async function compare(page: Page): Promise<void> {
  await page.locator("#compare-open").click();
  await done(page, defaults);
}

/** Waits until these cards are of what the page shows. */
async function done(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) await expect(page.locator(card(name))).toHaveAttribute("data-state", "done");
}

async function methods(page: Page): Promise<MethodInfo[]> {
  return await page.evaluate(async () => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    return library.Explainer.methods as MethodInfo[];
  });
}

/** The maps of the bird that the page opens with, by the library alone, as `canvasHash` has them. */
async function libraryMaps(page: Page, asked: readonly object[]): Promise<string[]> {
  return await page.evaluate(async (asked) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const bird = library.drawBird("Masked Sunwren", 63);
    const hashes: string[] = [];
    for (const options of asked) {
      const { map, width, height } = await explainer.explain(bird.rgba, bird.side, bird.side, {
        fit: "whole",
        ...options,
      });
      const colours: Uint8ClampedArray<ArrayBuffer> = library.heatmap(map, "diverging");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", colours));
      hashes.push(`${width}×${height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`);
    }
    return hashes;
  }, asked);
}

const useNetwork = async (page: Page, name: string): Promise<void> => {
  await page.locator("#change").click();
  const title = page.getByRole("heading", { name, exact: true });
  await page.locator(".card", { has: title }).getByRole("button", { name: "Use" }).click();
  await expect(page.locator("#model-name")).toHaveText(name);
  await mapShown(page);
};

// The paper's own settings, which are the library's defaults as well.
test.beforeEach(({ page }) => asPublished(page));

test("methods stand side by side with the library's words, maps, times and shares", async ({ page }) => {
  await expect(page.locator("#comparison")).toBeHidden();
  await compare(page);
  const all = await methods(page);
  const cards = page.locator(".method");
  const shown = () => cards.evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.method));
  expect(await shown()).toEqual(defaults);
  for (const name of defaults) {
    const info = all.find((method) => method.name === name);
    await expect(page.locator(`${card(name)} .about`)).toHaveText(info?.meaning ?? "?");
    await expect(page.locator(`${card(name)} .source`)).toHaveText(`${info?.source}.`, { ignoreCase: true });
    await expect(page.locator(`${card(name)} dd`).first()).toHaveText(/^\d[\d.]* m?s$/);
  }
  await expect(page.locator("#compare-times")).toContainText(/^The forward pass took \d/);

  const expected = await libraryMaps(
    page,
    defaults.map((method) => ({ method })),
  );
  for (const [i, name] of defaults.entries())
    expect(await canvasHash(page, map(name)), name).toBe(expected[i]);
  expect(new Set(expected).size).toBe(defaults.length);
  expect(await canvasHash(page, map("c3-lrp")), "what the page shows").toBe(await canvasHash(page, "#map"));

  // Shares: conserved where the method goes layer by layer, and for this bird the masses of the table.
  const numbers = await cards.evaluateAll((items) =>
    items.map((item) => Array.from(item.querySelectorAll("dd"), (cell) => cell.textContent ?? "")),
  );
  const conserved = /\((\S+\s%)\)/.exec((await page.locator("#strip-word").textContent()) ?? "")?.[1];
  expect(numbers[0]?.[1]).toBe(conserved);
  expect(numbers.slice(2).map((row) => row[1])).toEqual(["–", "–"]);
  const table = await page.locator("#masses tbody td:nth-child(2)").allTextContents();
  expect(numbers[0]?.slice(2)).toEqual(table);

  await page.getByLabel("Over the picture", { exact: true }).check();
  await expect(page.locator("#compare-word")).toContainText("filtered by C3");
  expect(await canvasHash(page, map("c3-lrp"))).toBe(await canvasHash(page, "#overlay"));
  await expect(page.locator(`${card("grad-cam")} .ground`)).toBeVisible();

  // Two to six of them.
  for (const name of ["lrp-epsilon", "lrp-splitting"]) await pick(page, name).check();
  await done(page, ["lrp-epsilon", "lrp-splitting"]);
  await expect(pick(page, "lrp-alpha2-beta1")).toBeDisabled();
  expect(await shown()).toEqual(["c3-lrp", "lrp-splitting", "lrp-epsilon", ...defaults.slice(1)]);
  for (const name of ["lrp-epsilon", "lrp-splitting", "grad-cam", "c3-lrp"]) await pick(page, name).uncheck();
  await expect(cards).toHaveCount(2);
  await expect(pick(page, OPENING.method)).toBeDisabled();
});

test("another class, filter or picture makes the cards anew, and a method is taken to the main view @once", async ({
  page,
}) => {
  await compare(page);
  const before = await canvasHash(page, map("grad-cam"));
  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  await expect(async () => expect(await canvasHash(page, map("grad-cam"))).not.toBe(before)).toPass();
  await done(page, defaults);
  const { target } = await classes(page);
  const expected = await libraryMaps(
    page,
    defaults.map((method) => ({ method, target })),
  );
  for (const [i, name] of defaults.entries())
    expect(await canvasHash(page, map(name)), name).toBe(expected[i]);

  await page.locator(`${card("grad-cam")} .use`).click();
  await expect(page.locator("#shown-by")).toHaveText("Grad-CAM");
  await mapShown(page);
  await expect(page.locator(`${card("grad-cam")} .use`)).toHaveText("Shown above");
  await expect(page.locator(`${card("grad-cam")} .use`), "the focus stays").toBeFocused();
  await expect(page.locator("#method")).toHaveValue("grad-cam");
  expect(await canvasHash(page, "#map")).toBe(expected[3]);
  await page.locator("#options summary").click();
  await expect(page.locator("#method-options label")).toHaveCount(1);
  await page.getByLabel("Stage", { exact: true }).selectOption("3");
  await mapShown(page);
  await expect(async () => expect(await canvasHash(page, "#map")).not.toBe(expected[3])).toPass();
  expect(await canvasHash(page, map("grad-cam")), "cards keep the defaults").toBe(expected[3]);

  await page.locator("#draw").click();
  await expect(page.locator("#bird-name")).not.toHaveText("Masked Sunwren, seed 63");
  await mapShown(page);
  await done(page, defaults);
  expect(await canvasHash(page, map("c3-lrp"))).not.toBe(expected[0]);
});

test("attention is offered where the network has it, and elsewhere says why not @once", async ({ page }) => {
  const reason = "this network has no attention branch; load Birds, with attention";
  const option = page.locator('#method option[value="abn"]');
  await expect(option).toBeDisabled();
  await expect(option).toHaveText(`ABN attention: ${reason}`);
  await compare(page);
  await expect(pick(page, "abn")).toBeDisabled();
  await expect(page.locator("#picks-word")).toHaveText(`ABN attention: ${reason}.`);

  await useNetwork(page, "Birds, with attention");
  await expect(page.locator("#picks-word")).toBeEmpty();
  await pick(page, "abn").check();
  await done(page, [...defaults, "abn"]);
  await page.locator("#method").selectOption("abn");
  await expect(page.locator("#shown-by")).toHaveText("ABN attention");
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(await canvasHash(page, map("abn")));

  await useNetwork(page, "Birds");
  await expect(page.locator("#method"), "it has none").toHaveValue(OPENING.method);
  await done(page, defaults);
  await expect(pick(page, "abn")).not.toBeChecked();
});

test("RISE takes as many masks as a minute allows or as are asked for, and can be called off @once", async ({
  page,
}) => {
  test.slow();
  await compare(page);
  const kept = await canvasHash(page, map(OPENING.method));
  await pick(page, "rise").check();
  const rise = page.locator(card("rise"));
  await expect(rise.locator(".what")).toHaveText(/^[\d,]+ of [\d,]+ masks · about \d+ s left$/);
  const [, said = ""] = /of ([\d,]+)/.exec((await rise.locator(".what").textContent()) ?? "") ?? [];
  const masks = Number(said.replaceAll(",", ""));
  expect(masks).toBeGreaterThanOrEqual(100);
  expect(masks).toBeLessThanOrEqual(8000);
  await expect(rise.locator(".masks-word")).toHaveText(`${said} masks take about a minute here.`);
  await expect(rise.locator(".masks")).toHaveValue(String(masks));

  await page.locator("#compare-cancel").click();
  await expect(rise).toHaveAttribute("data-state", "missing");
  await expect(rise.locator(".wait")).toHaveText("Cancelled.");
  await done(page, defaults);
  expect(await canvasHash(page, map(OPENING.method)), "what is done is kept").toBe(kept);
  await expect(page.locator("#map"), "and so is the explanation").toBeVisible();
  await expect(page.locator("#notice")).toBeHidden();

  await rise.locator(".masks").fill("many");
  await rise.locator(".run").click();
  await expect(page.locator("#notice-text")).toContainText("Masks must be a whole number");
  await rise.locator(".masks").fill("32");
  await rise.locator(".masks").press("Enter");
  await done(page, ["rise"]);
  await expect(rise.locator(".masks-word")).toHaveText("You chose 32 masks.");
  const [expected] = await libraryMaps(page, [{ method: { name: "rise", masks: 32 } }]);
  expect(await canvasHash(page, map("rise"))).toBe(expected);

  // Another filter needs no masks.
  await page.getByLabel("Over the picture", { exact: true }).check();
  const byC3 = await canvasHash(page, map("rise"));
  await page.getByLabel("C1C", { exact: true }).check();
  await page.getByLabel("None", { exact: true }).check();
  await done(page, [...defaults, "rise"]);
  await expect(page.locator("#compare-word")).not.toContainText("C3");
  await expect.poll(() => canvasHash(page, map("rise"))).not.toBe(byC3);
  await page.getByLabel("C3", { exact: true }).check();
  await done(page, [...defaults, "rise"]);
  await expect.poll(() => canvasHash(page, map("rise"))).toBe(byC3);
  await page.getByLabel("All relevance", { exact: true }).check();

  // In the main view it takes the same number of masks, and another class calls it off there too.
  await page.locator("#method").selectOption("rise");
  await expect(page.locator("#work-what")).toHaveText(new RegExp(`^[\\d,]+ of ${said} masks`));
  // A bird, or another class, does not wait a minute for it.
  const before = await page.locator("#bird-name").textContent();
  await page.locator("#draw").click();
  await expect(page.locator("#bird-name")).not.toHaveText(before ?? "");
  await expect(page.locator("#work-what")).toHaveText(new RegExp(`^[\\d,]+ of ${said} masks`));
  await page.locator("#work-cancel").click();
  await expect(page.locator("#again")).toBeVisible();
  await page.locator("#method").selectOption("c3-lrp");
  await mapShown(page);
  await page.locator("#top button").nth(1).click();
  await mapShown(page);
  await done(page, defaults);
  await expect(rise.locator(".wait"), "it runs for nobody who didn't ask").toContainText("Press Run");
  await expect(rise).toHaveAttribute("data-state", "missing");
});

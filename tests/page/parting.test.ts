import type { Page } from "@playwright/test";
import { accessible } from "./axe.ts";
import { canvasHash, expect, mapShown, OPENING, test } from "./page.ts";

interface PartValue {
  part: string;
  share: number;
  loss: number;
}

/** What the library says of the parts of the bird that the page opens with, and the pixels of one without its head. */
async function library(page: Page): Promise<{ parts: PartValue[]; correlation: number; headless: string }> {
  return await page.evaluate(async (method) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const draw = (without: string[]) => library.drawBird("Masked Sunwren", 63, { without });
    const options = { fit: "whole", method, filter: "none" };
    const explain = (bird: { rgba: Uint8ClampedArray; side: number }, more: object) =>
      explainer.explain(bird.rgba, bird.side, bird.side, { ...options, ...more });
    const whole = draw([]);
    const { map, target, logit } = await explain(whole, {});
    const sum = (map as Float32Array).reduce((a, b) => a + b, 0);
    const parts: PartValue[] = [];
    for (const [part, mask] of Object.entries(whole.parts)) {
      const share: number = library.partImportance(map, mask, whole.side) / sum;
      const without = await explain(draw([part]), { target });
      parts.push({ part, share, loss: (logit as number) - (without.logit as number) });
    }
    const of = (name: "share" | "loss") => Float32Array.from(parts, (one) => one[name]);
    const { rgba, side } = draw(["head"]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgba));
    return {
      parts,
      correlation: library.rankCorrelation(of("share"), of("loss")) as number,
      headless: `${side}×${side} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`,
    };
  }, OPENING.method);
}

const row = (page: Page, part: string) => page.locator(`#parts-table tr[data-part="${part}"]`);

test("what each part costs stands beside what the map gives it, and a part can be taken away", async ({
  page,
}) => {
  const { parts, correlation, headless } = await library(page);
  await page.getByRole("button", { name: "What if it had no head?" }).click();
  await expect(page.locator("#parts-table")).toHaveAttribute("data-waiting", "false");
  await expect(page.locator("#parts-table tbody tr")).toHaveCount(parts.length);
  const read = (text: string | null): number => Number(text?.replace("−", "-"));
  for (const { part, share, loss } of parts) {
    const cells = await row(page, part).locator("td").allTextContents();
    expect(Math.abs(read(cells[0] ?? "") - loss), part).toBeLessThan(0.00051);
    expect(Math.abs(read(cells[1]?.replace(/^<\s|\s%/g, "") ?? "") - 100 * share), part).toBeLessThan(0.51);
  }
  await expect(page.locator("#parts-said")).toContainText(`rank correlation ${correlation.toFixed(3)}`);

  const before = await canvasHash(page, "#map");
  await row(page, "head").getByRole("checkbox").uncheck();
  await expect(page.locator("#headline")).not.toContainText("Masked Sunwren");
  await mapShown(page);
  expect(await canvasHash(page, "#picture")).toBe(headless);
  expect(await canvasHash(page, "#map"), "the map is of the bird without it").not.toBe(before);
  const cells = await row(page, "head").locator("td").allTextContents();
  expect(read(cells[0] ?? ""), "the table stays").toBeGreaterThan(0);

  // Another method has to see the whole bird first.
  await page.locator("#method").selectOption("lrp-epsilon");
  await mapShown(page);
  await expect(page.locator("#parts-said")).toContainText("It is measured on the whole bird.");
  await page.getByRole("button", { name: "Put all parts back" }).click();
  await expect(page.locator("#parts-said")).toContainText("rank correlation");
  await expect(page.locator("#headline")).toContainText("Masked Sunwren");

  // A class that is chosen by hand keeps the table as well, though another one is the most probable without the part.
  await page.locator("#top button").first().click();
  await mapShown(page);
  await row(page, "head").getByRole("checkbox").uncheck();
  await expect(page.locator("#headline")).toContainText("What speaks for: Masked Sunwren");
  await mapShown(page);
  await expect(page.locator("#parts-table")).toHaveAttribute("data-waiting", "false");
  await page.getByRole("button", { name: "Put all parts back" }).click();
  await expect(page.locator("#headline")).toContainText("It sees: Masked Sunwren");

  // Closed again, the bird is whole.
  await row(page, "wing").getByRole("checkbox").uncheck();
  await mapShown(page);
  await page.locator("#parting-open").click();
  await mapShown(page);
  await expect(page.locator("#parts-table")).toHaveCount(0);
  await page.locator("#method").selectOption(OPENING.method);
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(before);
});

test("assistive technology finds nothing amiss where parts are taken away", { tag: "@axe" }, async ({
  page,
}) => {
  await page.locator("#parting-open").click();
  await expect(page.locator("#parts-table")).toHaveAttribute("data-waiting", "false");
  await row(page, "wing").getByRole("checkbox").uncheck();
  await mapShown(page);
  await accessible(page, "a bird without its wings");
});

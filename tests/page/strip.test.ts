import type { Page } from "@playwright/test";
import { canvasHash, expect, mapShown, OPENING, test } from "./page.ts";

const names = [
  "fc",
  "avgpool",
  ...[3, 6, 4, 3].flatMap((depth, i) =>
    Array.from({ length: depth }, (_, block) => `layer${4 - i}.${depth - 1 - block}`),
  ),
  "maxpool",
  "stem",
  "input",
];

const stop = (name: string): string => `#rail input[value="${name}"]`;

/** What the library gives for the bird that the page opens with: sums, and pixels as `canvasHash` has them. */
async function boundaries(page: Page): Promise<{ name: string; sum: number; size: string; hash: string }[]> {
  return await page.evaluate(async (method) => {
    const library = await import(new URL("/light/here.js", location.href).href);
    await library.default();
    const weights = await (await fetch("./models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const bird = library.drawBird("Masked Sunwren", 63);
    const explained = await explainer.explain(bird.rgba, bird.side, bird.side, {
      fit: "whole",
      method,
    });
    const found = [];
    for (const { name, sum, map, width, height } of explained.boundaries) {
      const colours: Uint8ClampedArray<ArrayBuffer> = library.heatmap(map, "diverging");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", colours));
      const hash = `${width}×${height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
      found.push({ name: name as string, sum: sum as number, size: `${width}×${height}`, hash });
    }
    return found;
  }, OPENING.method);
}

test("the strip has every boundary with the library's sums, and shows the one that is chosen", async ({
  page,
}) => {
  const expected = await boundaries(page);
  expect(expected.map(({ name }) => name)).toEqual(names);
  const radios = page.locator("#rail input");
  expect(await radios.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).toEqual(names);
  const shown = await page.locator("#rail .sum").allTextContents();
  expected.forEach(({ sum }, i) => {
    expect(Math.abs(Number(shown[i]?.replace("−", "-")) - sum), names[i]).toBeLessThan(0.00051);
  });
  await expect(page.locator(stop("layer4.2"))).toHaveAttribute("aria-label", /^stage 4, block 3, 7 by 7/);
  await expect(page.locator(stop("input"))).toBeChecked();

  const pixels = await canvasHash(page, "#map");
  const at = (name: string) => {
    const one = expected.find((boundary) => boundary.name === name);
    if (!one) throw new Error(`the library has no boundary ${name}`);
    return one;
  };
  await page.locator(stop("layer4.2")).click();
  await expect(page.locator("#raw-word")).toHaveText(
    `Stage 4, block 3 · 7×7 · ΣR ${at("layer4.2").sum.toPrecision(3)}`,
  );
  expect(await canvasHash(page, "#map")).toBe(at("layer4.2").hash);
  expect(await canvasHash(page, `#rail label:has([value="layer4.2"]) canvas`)).toBe(at("layer4.2").hash);
  await expect(page.locator("#map")).toHaveCSS("image-rendering", "pixelated");

  // The values that are read off are the layer's, and beside it still the pixels'.
  await page.locator("#map").hover({ position: { x: 5, y: 5 } });
  await expect(page.locator("#readout")).toHaveText(/^Stage 4, block 3, cell 0, 0: /);
  await page.locator("#overlay").hover({ position: { x: 200, y: 200 } });
  await expect(page.locator("#readout")).toHaveText(/^Pixel 1\d\d, 1\d\d: /);

  // The arrow keys go on from there, and a second click goes back to the picture.
  await page.locator(stop("layer4.2")).press("ArrowRight");
  await expect(page.locator(stop("layer4.1"))).toBeFocused();
  await expect(page.locator("#raw-word")).toHaveText(/^Stage 4, block 2 · 7×7/);
  expect(await canvasHash(page, "#map")).toBe(at("layer4.1").hash);
  await page.locator(stop("layer4.1")).click();
  await expect(page.locator("#raw-word")).toHaveText("All relevance");
  await expect(page.locator(stop("input"))).toBeChecked();
  expect(await canvasHash(page, "#map")).toBe(pixels);

  const [start, end] = [at("fc").sum, at("input").sum];
  const words = (await page.locator("#strip-word").textContent())?.replaceAll("−", "-") ?? "";
  const told = /^Relevance started as (\S+); (\S+) (?:of it )?\((\S+)\s%\) reaches the picture\./.exec(words);
  expect(told?.slice(1)).toEqual([
    start.toPrecision(3),
    end.toPrecision(3),
    ((100 * end) / start).toFixed(1),
  ]);
  // Biases that lower an output leave more to its inputs than it had.
  expect(end / start).toBeGreaterThan(1.005);
  await expect(page.locator("#strip summary")).toHaveAttribute("aria-label", "Why is it more?");
  await page.locator("#method").selectOption("lrp-epsilon-plus");
  await mapShown(page);
  await expect(page.locator("#strip-word")).toContainText(/of it \([\d.]+\s%\) reaches the picture/);
  await expect(page.locator("#strip summary")).toHaveAttribute("aria-label", "Where is the rest?");
});

test("Play goes from the class to the picture, and stops there or when it is told to", async ({ page }) => {
  const pixels = await canvasHash(page, "#map");
  // Each boundary is there for a third of a second, which a busy machine may look past: the page notes what it showed.
  const passed = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const look = (): void => {
      const { value } = document.querySelector<HTMLInputElement>("#rail input:checked") ?? {};
      if (value !== undefined && value !== seen.at(-1)) seen.push(value);
    };
    const [word] = document.querySelectorAll("#raw-word");
    if (word)
      new MutationObserver(look).observe(word, { childList: true, characterData: true, subtree: true });
    return seen;
  });
  await page.locator("#play").click();
  await expect(page.locator("#play")).toHaveText("Stop");
  await page.locator("#play").click();
  await expect(page.locator("#play")).toHaveText("Play");
  const stopped = await page.locator("#rail input:checked").inputValue();
  const seen = await passed.jsonValue();
  expect(seen.at(-1)).toBe(stopped);
  expect(seen, "it went no further").toEqual(names.slice(0, seen.length));
  expect(stopped).not.toBe("input");

  await page.locator("#play").click();
  await expect(page.locator("#play")).toHaveText("Stop");
  await expect(page.locator("#play")).toHaveText("Play");
  expect((await passed.jsonValue()).slice(-names.length), "it passed by all that lies between").toEqual(
    names,
  );
  expect(await canvasHash(page, "#map")).toBe(pixels);
});

test("a method that does not go layer by layer has no strip, and says so @once", async ({ page }) => {
  await page.locator(stop("layer3.5")).click();
  await page.locator("#method").selectOption("grad-cam");
  await expect(page.locator("#shown-by")).toHaveText("Grad-CAM");
  await mapShown(page);
  await expect(page.locator("#rail")).toBeHidden();
  await expect(page.locator("#play")).toBeHidden();
  await expect(page.locator("#strip-word")).toHaveText(/^Grad-CAM does not go layer by layer/);
  await expect(page.locator("#raw-word")).toHaveText("All relevance");
  await page.locator("#method").selectOption(OPENING.method);
  await mapShown(page);
  await expect(page.locator("#rail input")).toHaveCount(names.length);
  await expect(page.locator("#strip-word")).toContainText("reaches the picture");
});

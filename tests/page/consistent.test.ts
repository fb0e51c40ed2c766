import { accessible } from "./axe.ts";
import { files } from "./files.ts";
import { askAnyway, bare, classes, drop, dropPicture, expect, mapShown, open, reopen, test } from "./page.ts";

// What the page once contradicted itself in, and what browsers differ in.

bare(
  "a browser without WebAssembly, or without SIMD in it, is told so in a sentence",
  { tag: "@init-scripts" },
  async ({ browser, server }) => {
    for (const [lacks, said] of [
      ["delete globalThis.WebAssembly", "it lacks WebAssembly. Use"],
      ["WebAssembly.validate = () => false", "it lacks SIMD in WebAssembly. Use"],
      ["delete globalThis.OffscreenCanvas", "OffscreenCanvas"],
    ] as const) {
      const context = await browser.newContext();
      await context.addInitScript(lacks);
      const page = await context.newPage();
      await page.goto(server.page);
      await expect(page.locator("#page")).toContainText(said);
      await context.close();
    }
  },
);

bare(
  "where canvases answer with noise, photographs are refused with a sentence, and birds are drawn",
  { tag: "@init-scripts" },
  async ({ page, server }) => {
    await page.addInitScript(() => {
      const real = OffscreenCanvasRenderingContext2D.prototype.getImageData;
      OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...given) {
        const read = real.apply(this, given);
        for (let at = 0; at < read.data.length; at += 7) read.data[at] = 255 * Math.random();
        return read;
      };
    });
    await open(page, server.page);
    await page.setInputFiles("#file", files.cat);
    await expect(page.locator("#notice-text")).toContainText("changes the pixels");
    await expect(page.locator("#picture")).toHaveAttribute("aria-label", /Masked Sunwren/);
    await page.locator("#draw").click();
    await mapShown(page);
    await expect(page.locator("#figures")).toHaveAttribute("data-stale", "false");
  },
);

bare(
  "values are read by touch, next to the map",
  { tag: ["@phone", "@touch"] },
  async ({ browser, server }) => {
    const context = await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await open(page, server.page);
    const readout = page.locator("#readout");
    for (const map of ["#overlay", "#map"]) {
      const canvas = page.locator(map);
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      if (!box) throw new Error(`${map} is nowhere`);
      await page.touchscreen.tap(box.x + box.width / 4, box.y + box.height / 2);
      await expect(readout).toContainText("Pixel 56, 112:");
      // It is in sight while the finger is on the map.
      await expect(readout).toBeInViewport();
    }
    await context.close();
  },
);

test("text that is dragged goes into the field for classes, and files go to the page", async ({ page }) => {
  const prevented = await page.evaluate(() => {
    const drag = (on: Element | null, type: string, kind: string): boolean => {
      const dataTransfer = new DataTransfer();
      if (kind === "text") dataTransfer.setData("text/plain", "Crow");
      else dataTransfer.items.add(new File(["x"], "x.png"));
      const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
      return !on?.dispatchEvent(event);
    };
    const query = document.querySelector("#query");
    return [drag(query, "dragover", "text"), drag(query, "drop", "text"), drag(query, "dragover", "file")];
  });
  expect(prevented).toEqual([false, false, true]);
  await expect(page.locator("#notice")).toBeHidden();
});

test("two maps that know nothing leave with their curves @once", async ({ page }) => {
  await page.locator("#judge-open").click();
  await page.locator("#baselines").check();
  await expect(page.locator("#charts .curve")).toHaveCount(6);
  await page.locator("#baselines").uncheck();
  await expect(page.locator("#charts .curve")).toHaveCount(2);
  await expect(page.locator("#scores tbody tr")).toHaveCount(1);
});

test("what controls show is the state, also after a reload", async ({ page }) => {
  await page.locator("#show-parts").check();
  await page.locator("#opacity").fill("20");
  await expect(page.locator("#overlay")).toHaveCSS("opacity", "0.2");
  await page.reload();
  await mapShown(page);
  await expect(page.locator("#show-parts")).toBeChecked();
  await expect(page.locator("#opacity")).toHaveValue("20");
  await expect(page.locator("#overlay")).toHaveCSS("opacity", "0.2");
  await reopen(page);
  await expect(page.locator("#show-parts")).not.toBeChecked();
  await expect(page.locator("#opacity")).toHaveValue("75");
  await expect(page.locator("#overlay")).toHaveCSS("opacity", "0.75");
});

test("a class that is asked for is not named above another's map", async ({ page }) => {
  const { top } = await classes(page);
  await page.locator("#top button").nth(1).click();
  // Whatever moment it is: a class that differs from the headline's is marked as not answered yet.
  for (let look = 0; look < 40; look++) {
    const [pressed, headline, stale] = await page.evaluate(() => [
      document.querySelector("#top [aria-pressed=true] .name")?.textContent ?? "",
      document.querySelector("#headline")?.textContent ?? "",
      document.querySelector<HTMLElement>("#figures")?.dataset.stale,
    ]);
    if (!headline?.includes(pressed ?? "-")) expect(stale).toBe("true");
  }
  await mapShown(page);
  expect((await classes(page)).target).toBe(top[1]);
});

test("fields are large enough that phones don't zoom", { tag: "@phone" }, async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator("#compare-open").click();
  await page.locator("#judge-open").click();
  await page.locator("#change").click();
  const small = await page
    .locator("input:not([type=radio], [type=checkbox], [type=range], [type=file]), select, textarea")
    .evaluateAll((fields) =>
      fields
        .filter((field) => Number.parseFloat(getComputedStyle(field).fontSize) < 16)
        .map((field) => field.id || field.outerHTML),
    );
  expect(small).toEqual([]);
});

test("a question mark stays where it is when it is opened", async ({ page }) => {
  await mapShown(page);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const section of ["#contrast", "#parting", "#strip"]) {
      const mark = page.locator(`${section} .why summary`);
      const words = page.locator(`${section} .why p`);
      const at = (one: typeof mark) =>
        one.evaluate((node) => {
          const { left, top, bottom } = node.getBoundingClientRect();
          return {
            left: Math.round(left),
            top: Math.round(top + scrollY),
            bottom: Math.round(bottom + scrollY),
          };
        });
      const closed = await at(mark);
      await mark.click();
      await expect(words).toBeVisible();
      expect(await at(mark), `${section} at ${width}`).toEqual(closed);
      expect((await at(words)).top, "its words are below").toBeGreaterThanOrEqual(closed.bottom);
      await mark.click();
      await expect(words).toBeHidden();
    }
  }
});

test("legends stand beside their buttons", async ({ page }) => {
  await page.locator("#judge-open").click();
  const above = await page.locator("fieldset.segments").evaluateAll((sets) =>
    sets
      .filter((set) => set.checkVisibility())
      .filter((set) => {
        const legend = set.querySelector("legend");
        const range = document.createRange();
        if (legend) range.selectNodeContents(legend);
        const [words, button] = [
          range.getBoundingClientRect(),
          set.querySelector("label")?.getBoundingClientRect(),
        ];
        return !button || words.bottom <= button.top || words.right > button.left;
      })
      .map((set) => set.textContent),
  );
  expect(above).toEqual([]);
});

test("the page speaks Japanese, remembers it, and keeps its answer", async ({ page }) => {
  const before = await page.locator("#top .share").allTextContents();
  await page.locator("#language").selectOption("ja");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.locator("h1")).toHaveText(/[\u3040-\u30ff]/);
  await expect(page.locator("#headline")).toHaveText(/[\u3040-\u30ff]/);
  expect(await page.locator("#top .share").allTextContents()).toEqual(before);
  await page.reload();
  await mapShown(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await page.locator("#language").selectOption("en");
  await expect(page.locator("h1")).toHaveText("What did the network see?");
});

bare("every text of the page is in its catalogue @once", async ({ page, server }) => {
  await open(page, server.page);
  // In this language every text that a catalogue has is in accents, between brackets.
  await page.evaluate(() => localStorage.setItem("c3lrp-language", "qps"));
  await page.reload();
  await mapShown(page);
  const bare = async (state: string): Promise<void> => {
    const found = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: string[] = [];
      // Names are names in every language: of species, methods, languages, files and devices.
      const names = [
        "#language",
        "code",
        ".name",
        "#bird-name",
        "#model-name",
        "#gallery",
        "#badge",
        "#shown-by",
        "#method",
        "#picks label",
        ".method h3",
        ".making progress",
        "#judge-bar",
        "#hub-found",
        "#scores tbody",
        "#reading select",
        // The library's own sentences have a catalogue of theirs.
      ].join();
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent?.trim() ?? "";
        const parent = node.parentElement;
        if (!text || !parent?.checkVisibility() || parent.closest(names)) continue;
        // A text around an element is bracketed part by part.
        if (/[a-z]{3}/i.test(text) && !text.startsWith("⟦") && !text.endsWith("⟧")) texts.push(text);
      }
      for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
        if (!node.checkVisibility() || node.closest(names)) continue;
        for (const name of ["aria-label", "placeholder"]) {
          const text = node.getAttribute(name) ?? "";
          if (/[a-z]{3}/i.test(text) && !text.includes("⟦")) texts.push(`${name}: ${text}`);
        }
      }
      return texts;
    });
    expect(found, state).toEqual([]);
  };
  await bare("open");
  await page.locator("#compare-open").click();
  await page.locator("#judge-open").click();
  await expect(page.locator(".method[data-state=done]")).toHaveCount(4);
  await expect(page.locator("#charts .curve")).toHaveCount(8);
  await page.locator("#change").click();
  for (const summary of await page.locator("summary:visible").all()) await summary.click();
  await bare("comparison, measuring, networks");
  await page.locator("#lesson-open").click();
  await expect(page.locator("#lesson")).toBeVisible();
  await mapShown(page);
  await bare("lesson");
  await drop(page, files.cat);
  await expect(page.locator("#ask")).toBeVisible();
  await bare("a photograph");
});

test("assistive technology finds nothing amiss in any state", { tag: "@axe" }, async ({ page }) => {
  test.slow();
  await accessible(page, "open");
  await page.locator("#show-parts").check();
  await page.locator("#rail input[value='layer3.2']").click();
  await page.locator("#compare-open").click();
  await expect(page.locator(".method[data-state=done]")).toHaveCount(4);
  await accessible(page, "comparison");
  await page.locator("#judge-open").click();
  await expect(page.locator("#charts .curve")).toHaveCount(8);
  await accessible(page, "measuring");
  await page.locator("#change").click();
  for (const summary of await page.locator("summary:visible").all()) await summary.click();
  await accessible(page, "networks, and all that folds open");
  await page.locator("#lesson-open").click();
  await expect(page.locator("#lesson")).toBeVisible();
  await mapShown(page);
  await accessible(page, "lesson");
  await dropPicture(page, files.cat);
  await expect(page.locator("#ask")).toBeVisible();
  await accessible(page, "a photograph");
  await askAnyway(page);
  await mapShown(page);
  await accessible(page, "a photograph and birds");
  await page.setInputFiles("#file", files.broken);
  await expect(page.locator("#notice")).toBeVisible();
  await accessible(page, "an error");
});

import { files } from "./files.ts";
import {
  canvasHash,
  classes,
  commandLine,
  drop,
  dropPicture,
  expect,
  libraryHash,
  loadWeights,
  mapShown,
  pictureIs,
  test,
  write,
} from "./page.ts";

test("a dropped picture is classified and explained as the engine does", async ({ page }) => {
  await dropPicture(page, files.cat);
  await expect(page.locator("#ask"), "the birds' network knows no cats").toBeVisible();
  await loadWeights(page, files.small);
  await mapShown(page);
  await expect(page.locator("#ask")).toBeHidden();
  await expect(page.locator("#stranger")).toBeHidden();
  await expect(page.locator("#masses"), "nobody knows what is where in a photograph").toBeHidden();

  const said = commandLine(files.cat, files.small);
  const { target, top } = await classes(page);
  expect(target).toBe(said.target);
  expect(top).toEqual(said.top5.map((entry) => entry.class));
  const shown = await page.locator("#top .share").first().textContent();
  expect(Number.parseFloat(shown ?? "")).toBeCloseTo(100 * said.probability, 0);
  expect(await canvasHash(page, "#map")).toBe(await libraryHash(page, files.cat, files.small));
});

test("another class, picked or searched for, gets a map of its own", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const first = await canvasHash(page, "#map");

  await page.locator("#top button").nth(1).click();
  await expect(page.locator("#headline")).toContainText("What speaks for");
  await mapShown(page);
  const { target } = await classes(page);
  const second = await canvasHash(page, "#map");
  expect(second).not.toBe(first);
  expect(second).toBe(await libraryHash(page, files.cat, files.small, { target }));

  await page.locator("#query").fill("3");
  await page.locator("#query").press("Enter");
  await expect(page.locator("#headline")).toContainText("class 3");
  await page.locator("#top button").first().click();
  await mapShown(page);
  expect(await canvasHash(page, "#map")).toBe(first);
});

test("filters, options, opacity and values", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const whole = await canvasHash(page, "#map");
  const c3 = await canvasHash(page, "#overlay");
  await page.getByLabel("Levels").check();
  await expect(page.locator("#filter-word")).toContainText("eight levels");
  await mapShown(page);
  const levels = await canvasHash(page, "#overlay");
  expect(levels).not.toBe(c3);
  await page.getByLabel("None").check();
  await expect(page.locator("#filter-word")).toContainText("No filter");
  await mapShown(page);
  expect(await canvasHash(page, "#overlay")).not.toBe(levels);
  expect(await canvasHash(page, "#overlay")).not.toBe(c3);
  expect(await canvasHash(page, "#map")).toBe(whole);

  await page.locator("#opacity").fill("20");
  await expect(page.locator("#overlay")).toHaveCSS("opacity", "0.2");
  await page.locator("#map").hover({ position: { x: 50, y: 60 } });
  await expect(page.locator("#readout")).toContainText(/Pixel \d+, \d+: .+ of the strongest/);

  await page.locator("#options summary").click();
  await page.getByLabel("Start", { exact: true }).selectOption("logit");
  await mapShown(page);
  await write(page.getByLabel("Epsilon", { exact: true }), "nothing");
  await page.getByLabel("Epsilon", { exact: true }).press("Tab");
  await expect(page.locator("#notice")).toContainText("Epsilon must be a number, such as 1e-6");
  await write(page.getByLabel("Epsilon", { exact: true }), "-1");
  await page.getByLabel("Epsilon", { exact: true }).press("Tab");
  await expect(page.locator("#notice")).toContainText(/above 0.* What was set before is kept/);
  await expect(page.getByLabel("Epsilon", { exact: true })).toHaveValue("1e-6");
  await expect(page.locator("#map"), "the map before is there").toBeVisible();
  await write(page.getByLabel("Epsilon", { exact: true }), "1e-5");
  await page.getByLabel("Epsilon", { exact: true }).press("Tab");
  await page.locator("#reading-box summary").click();
  await page.getByLabel("How pictures become square").selectOption("whole");
  await page.getByRole("button", { name: "Apply" }).click();
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
  expect(await canvasHash(page, "#map")).not.toBe(whole);

  const download = page.waitForEvent("download");
  await page.locator("#save-open").click();
  await page.locator("#save-both").click();
  expect((await download).suggestedFilename()).toMatch(/^c3lrp-class-\d+\.png$/);
});

test("a picture comes from the clipboard @clipboard", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await loadWeights(page, files.small);
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(300, 240);
    const paint = canvas.getContext("2d");
    for (let i = 0; paint && i < 60; i++) {
      paint.fillStyle = `hsl(${i * 37} 80% 50%)`;
      paint.fillRect((i * 53) % 300, (i * 29) % 240, 60, 40);
    }
    await navigator.clipboard.write([new ClipboardItem({ "image/png": await canvas.convertToBlob() })]);
  });
  await page.keyboard.press("Control+V");
  await pictureIs(page, "image.png");
  await mapShown(page);
});

test("names for the classes are dropped, and lists that do not fit are refused @once", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  await expect(page.locator("#top .name").first()).toHaveText(/^class \d$/);
  await drop(page, files.names);
  await expect(page.locator("#top .name").first()).toHaveText(/^thing \d$/);
  await loadWeights(page, files.other);
  await mapShown(page);
  await expect(page.locator("#top .name").first()).toHaveText(/^class \d$/);
  await drop(page, files.names);
  await expect(page.locator("#notice")).toContainText("names 10 classes, and this network has 7");
});

test("the last picture wins when pictures come faster than explanations", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.coffee);
  await dropPicture(page, files.cat);
  await mapShown(page);
  await expect(async () => {
    expect(await canvasHash(page, "#map")).toBe(await libraryHash(page, files.cat, files.small));
  }).toPass();
});

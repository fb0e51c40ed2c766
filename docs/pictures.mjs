// Takes the pictures of the page for README.md and www/docs: docs/page.png and what else is named below. Run it by
// `node docs/pictures.mjs [NAME...]` once ./build.sh has built the page and installed what its tests need.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { serve } from "../tests/bench/server.mjs";

const { chromium } = createRequire(new URL("../tests/page/", import.meta.url))("playwright-core");
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Pixels around what is shown. */
const MARGIN = 12;
/** What is compared in the pictures. */
const METHODS = ["c3-lrp-calibrated", "lrp-alpha2-beta1"];

const server = await serve({ "/pkg/": at("../pkg/"), "/": at("../www/dist") });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block" });
page.setDefaultTimeout(120_000);
const settled = () => page.waitForSelector("#main[data-busy=false] #map:visible");
const compare = async () => {
  await page.click("#compare-open");
  for (const method of METHODS) await page.check(`#picks input[value="${method}"]`);
  await page.waitForFunction(() => document.querySelectorAll(".method[data-state=done]").length === 6);
};

/** How to come to each picture, and the first and the last element on it; the window where there is none. */
const PICTURES = {
  page: [() => page.waitForSelector("#gallery li:nth-child(20) canvas[width='128']")],
  blocks: [() => page.click("#rail input[value='layer3.3']"), "#headline", "#strip"],
  contrast: [
    async () => {
      await page.selectOption("#against", { index: 1 });
      // A canvas without its map has one pixel.
      await page.waitForFunction(
        () => [...document.querySelectorAll("#alone canvas")].filter(({ width }) => width > 1).length === 2,
      );
    },
    "#headline",
    "#contrast",
  ],
  concepts: [
    async () => {
      await page.click("#rail input[value='layer4.2']");
      await page.waitForFunction(() => document.querySelectorAll("#concepts .concept").length === 6);
    },
    "#concepts",
    "#concepts",
  ],
  parts: [
    async () => {
      await page.click("#parting-open");
      await page.waitForSelector("#parts-table[data-waiting=false]");
      await page.uncheck("#parts-table tr[data-part=head] input");
      await page.waitForFunction(() => !document.getElementById("headline").textContent.includes("Masked"));
    },
    "#headline",
    "#parting",
  ],
  comparison: [compare, "#compare", "#compare"],
  faithfulness: [
    async () => {
      await compare();
      await page.click("#judge-open");
      await page.waitForFunction(() => document.querySelectorAll("#charts .curve").length === 12);
      await page.waitForSelector("#shot-deletion[data-waiting=false]");
    },
    "#judge",
    "#judge",
  ],
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES);
for (const name of names) {
  const [come, first, last] = PICTURES[name];
  await page.goto("about:blank");
  await page.goto(server.url);
  await settled();
  await come();
  await settled();
  await page.mouse.move(0, 0);
  const [from, to] = [first && (await boxOf(first)), last && (await boxOf(last))];
  const clip = from &&
    to && {
      x: from.x - MARGIN,
      y: from.y - MARGIN,
      width: to.width + 2 * MARGIN,
      height: to.y + to.height - from.y + 2 * MARGIN,
    };
  await page.screenshot({
    path: at(`${name}.png`),
    animations: "disabled",
    ...(clip ? { clip, fullPage: true } : {}),
  });
  console.log(name);
}
await browser.close();
server.close();

/** An element's box on the whole page. */
function boxOf(selector) {
  return page.locator(selector).evaluate((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  });
}

// Draws the icons of the installed page from www/public/icon.svg: `node icons.mjs`, when that has changed.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const folder = new URL("../../www/public/", import.meta.url);
const svg = `data:image/svg+xml;base64,${readFileSync(new URL("icon.svg", folder)).toString("base64")}`;
/** The icon's own ground, which a maskable one has up to its edges. */
const GROUND = "#0f766e";

/** The file's name, its side, and the drawing's share of that: systems cut a maskable one down to four fifths. */
const ICONS = [
  ["icon-192", 192, 1],
  ["icon-512", 512, 1],
  ["maskable-512", 512, 0.8],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
for (const [name, side, share] of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<body style="margin: 0; height: 100vh; display: grid; place-items: center; background: ${share < 1 ? GROUND : "transparent"}">
      <img src="${svg}" style="width: ${100 * share}%">`,
  );
  await page.locator("img").evaluate((image) => image.decode());
  await page.screenshot({ path: new URL(`icons/${name}.png`, folder).pathname, omitBackground: true });
}
await browser.close();

// From a click on the page's address to the first explained bird, on the CPU, in a fresh browser
// each time.
//
//   OPENINGS=7   how often
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { column, figure, median } from "./figures.mjs";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, root } from "./support.mjs";

/** Bytes of the files that were fetched from the page's folder, each as `gzip -9` makes it; a model's weights are not counted. */
const fetched = (folder, paths) =>
  [...new Set(paths)]
    .filter((name) => !name.endsWith(".safetensors"))
    .map((name) => path.join(folder, name === "/" ? "index.html" : name))
    .reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0);

const openings = Number(process.env.OPENINGS ?? 7);
const dist = process.env.DIST ?? path.join(root, "www/dist");
const server = await serve({ "/": dist });
const runs = [];
let chromiumVersion = "";
for (let round = 0; round < openings; round++) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-gpu"],
  });
  chromiumVersion = browser.version();
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  // When the wasm's last byte is there, the worker has it yet to compile.
  let wasm = 0;
  const paths = [];
  let settled = false;
  // The gallery's photographs and the service worker are the first of what comes after the map.
  page.context().on("request", (request) => {
    if (/\.jpg$|\/service-worker\.js$/.test(request.url())) settled = true;
  });
  page.context().on("requestfinished", (request) => {
    if (!settled) paths.push(new URL(request.url()).pathname);
    if (request.url().endsWith(".wasm")) wasm = performance.now();
  });
  const begin = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  await page.waitForSelector("#map:not([hidden])");
  const shown = performance.now();
  runs.push({ opening: shown - begin, wasm: wasm - begin, bytes: fetched(dist, paths) });
  console.log(
    `opening ${round}: wasm there ${Math.round(wasm - begin)} ms, map shown ${Math.round(shown - begin)} ms, ${runs.at(-1).bytes} bytes`,
  );
  await browser.close();
}
server.close();
const of = (name) => column(runs, name);
const found = {
  command: `OPENINGS=${openings} ./build.sh bench opening`,
  ...circumstances(),
  chromium: chromiumVersion,
  openings,
  bytes: Math.max(...of("bytes")),
  wasm: median(of("wasm")),
  opening: median(of("opening")),
  slowest: Math.max(...of("opening")),
};
keep("opening", found, [
  figure("first bird shown", "ms", "less", of("opening")),
  figure("wasm there", "ms", "less", of("wasm")),
  figure("fetched before it, gzipped", "bytes", "less", found.bytes),
]);

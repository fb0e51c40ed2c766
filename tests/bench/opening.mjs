// From a click on the page's address to the first explained bird, on the CPU, in a fresh browser
// each time.
//
//   OPENINGS=7   how often
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const openings = Number(process.env.OPENINGS ?? 7);
const server = await serve({ "/": path.join(root, "www/dist") });
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
  page.context().on("requestfinished", (request) => {
    if (request.url().endsWith(".wasm")) wasm = performance.now();
  });
  const begin = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  await page.waitForSelector("#map:not([hidden])");
  const shown = performance.now();
  runs.push({ opening: shown - begin, wasm: wasm - begin });
  console.log(
    `opening ${round}: wasm there ${Math.round(wasm - begin)} ms, map shown ${Math.round(shown - begin)} ms`,
  );
  await browser.close();
}
server.close();
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
keep("opening", {
  command: `OPENINGS=${openings} ./build.sh bench opening`,
  date: new Date().toISOString().slice(0, 10),
  cores: os.cpus().length,
  processor: os.cpus()[0].model,
  chromium: chromiumVersion,
  openings,
  wasm: median(runs.map((run) => run.wasm)),
  opening: median(runs.map((run) => run.opening)),
  slowest: Math.max(...runs.map((run) => run.opening)),
});

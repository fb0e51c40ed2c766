// From a click on the page's address to the first explained bird, on the CPU, in a fresh browser
// each time; in turns with a bare page, which only starts a worker, and has the same wasm and weights.
//
//   OPENINGS=7   how often
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { column, figure, median, ratios } from "./figures.mjs";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, gzipped, root } from "./support.mjs";

/** Bytes of the files that were fetched from the page's folder, each as `gzip -9` makes it; a model's weights are not counted. */
const fetched = (folder, paths) =>
  [...new Set(paths)]
    .filter((name) => !name.endsWith(".safetensors"))
    .map((name) => path.join(folder, name === "/" ? "index.html" : name))
    .reduce((sum, file) => sum + gzipped(file), 0);

const openings = Number(process.env.OPENINGS ?? 7);
const dist = process.env.DIST ?? path.join(root, "www/dist");
const server = await serve({ "/bare/": path.join(root, "tests/bench/bare"), "/": dist });

/** The path of the one built file with such a name. */
function built(name) {
  const found = fs
    .readdirSync(path.join(dist, "assets"), { recursive: true })
    .filter((file) => name.test(path.basename(file)));
  if (found.length !== 1)
    throw Error(`${dist}/assets has ${found.length} files like ${name}; one was expected`);
  return `/assets/${found[0]}`;
}
const wasm = built(/^light-relaxed_bg-.*\.wasm$/);
const weights = built(/^birds-resnet50-(?!spurious).*\.safetensors$/);
const bare = `${server.url}bare/index.html?${new URLSearchParams({ wasm, weights })}`;

/** Opens an address in a fresh browser until its map is shown: milliseconds, and those of all processors of all its processes. */
async function open(url, watch) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    const debug = await browser.newBrowserCDPSession();
    const busy = async () =>
      (await debug.send("SystemInfo.getProcessInfo")).processInfo.reduce(
        (sum, { cpuTime }) => sum + cpuTime,
        0,
      );
    watch?.(page);
    const before = await busy();
    const begin = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForSelector("#map:not([hidden])");
    const shown = performance.now();
    return {
      begin,
      shown: shown - begin,
      busy: 1000 * ((await busy()) - before),
      version: browser.version(),
    };
  } finally {
    await browser.close();
  }
}

const runs = [];
let chromiumVersion = "";
for (let round = 0; round < openings; round++) {
  const least = await open(bare);
  // When the wasm's last byte is there, the worker has it yet to compile.
  let wasmThere = 0;
  const paths = [];
  let settled = false;
  const ours = await open(server.url, (page) => {
    // The gallery's photographs and the service worker are the first of what comes after the map.
    page.context().on("request", (request) => {
      if (/\.jpg$|\/service-worker\.js$/.test(request.url())) settled = true;
    });
    page.context().on("requestfinished", (request) => {
      if (!settled) paths.push(new URL(request.url()).pathname);
      // What is kept for offline use is fetched again after the map.
      if (request.url().endsWith(".wasm")) wasmThere ||= performance.now();
    });
  });
  chromiumVersion = ours.version;
  runs.push({
    opening: ours.shown,
    wasm: wasmThere - ours.begin,
    bytes: fetched(dist, paths),
    busy: ours.busy,
    bare: least.shown,
    bareBusy: least.busy,
  });
  const { opening, bytes } = runs.at(-1);
  console.log(
    `opening ${round}: wasm there ${Math.round(runs.at(-1).wasm)} ms, map shown ${Math.round(opening)} ms, processors ${Math.round(ours.busy)} ms, ${bytes} bytes; bare page ${Math.round(least.shown)} ms, processors ${Math.round(least.busy)} ms`,
  );
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
  busy: median(of("busy")),
  bare: median(of("bare")),
  bareBusy: median(of("bareBusy")),
};
keep("opening", found, [
  figure("first bird shown", "ms", "less", of("opening")),
  figure("first bird shown / bare page", "ratio", "less", ratios(of("opening"), of("bare"))),
  figure("wasm there", "ms", "less", of("wasm")),
  figure("fetched before it, gzipped", "bytes", "less", found.bytes),
]);

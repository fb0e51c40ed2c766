// RISE on the bundled model, on the CPU in Chromium: its rate beside that of the same forward passes in
// a bare loop, interleaved; then all of its masks to the end; then how fast it can be called off, through
// the library on the page's own thread, and in the page.
//
//   MASKS=8000   masks of the long run
//   ROUNDS=7     rounds of the comparison, of 100 masks each
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const masks = Number(process.env.MASKS ?? 8000);
const rounds = Number(process.env.ROUNDS ?? 7);
const server = await serve({
  "/pkg/": path.join(root, "pkg"),
  "/models/": path.join(root, "www/public/models"),
  "/": path.join(root, "www/dist"),
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-gpu"],
});
const page = await browser.newPage();
page.on("console", (message) => console.log(message.text()));
await page.goto(`${server.url}icon.svg`);
const figures = await page.evaluate(
  async ([masks, rounds]) => {
    const library = await import("/pkg/c3lrp.js");
    await library.default();
    const weights = await (await fetch("/models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const { rgba, side } = library.drawBird("Masked Sunwren", 63);
    const rise = (options) => {
      const { method, ...others } = options;
      const wanted = { fit: "whole", filter: "none", method: { name: "rise", ...method }, ...others };
      return explainer.explain(rgba, side, side, wanted);
    };
    // The same picture for the bare loop: a flat one runs faster, its branches are all alike.
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ];
    const tensor = Float32Array.from({ length: 3 * side * side }, (_, at) => {
      const [channel, pixel] = [Math.floor(at / (side * side)), at % (side * side)];
      return (rgba[4 * pixel + channel] / 255 - mean[channel]) / std[channel];
    });
    const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

    await rise({ method: { masks: 10 } });
    const [bare, through] = [[], []];
    for (let round = 0; round < rounds; round++) {
      // RISE runs the network on one masked picture at a time here (Device::batch), and so does the loop.
      const start = performance.now();
      for (let pass = 0; pass < 100; pass++) await explainer.logits(tensor, side, side);
      bare.push(100_000 / (performance.now() - start));
      const explained = await rise({ method: { masks: 100, seed: round } });
      through.push(100_000 / explained.milliseconds.backward);
      console.log(`round ${round}: bare ${bare.at(-1).toFixed(1)}/s, RISE ${through.at(-1).toFixed(1)}/s`);
    }

    // The thread is handed back between masks, so a timer shows for how long nobody else could run.
    let [last, longest] = [performance.now(), 0];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    let told = 0;
    const explained = await rise({
      method: { masks },
      onProgress: (done, _, what) => {
        if (what !== "masks" || done - 1 < told) return;
        console.log(`${Math.round((done - 1) * masks)} of ${masks} masks`);
        told += 0.1;
      },
    });
    clearInterval(timer);
    const cancels = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const abort = new AbortController();
      let asked = 0;
      setTimeout(
        () => {
          asked = performance.now();
          abort.abort();
        },
        500 + 100 * attempt,
      );
      await rise({ method: { masks }, signal: abort.signal }).then(
        () => console.log("it ended before it was called off"),
        () => cancels.push(performance.now() - asked),
      );
    }
    const seconds = explained.milliseconds.backward / 1000;
    const ratios = through.map((rate, round) => rate / bare[round]);
    return {
      bare: median(bare),
      rise: median(through),
      ratio: median(ratios),
      seconds,
      longest,
      cancel: Math.max(...cancels),
    };
  },
  [masks, rounds],
);
await page.close();
const inPage = await measurePage();
await browser.close();
server.close();

/** In the page: the longest time between two frames while RISE runs, and from the click to its end. */
async function measurePage() {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(server.url);
  await page.waitForSelector("#map:not([hidden])");
  await page.locator("#compare-open").click();
  await page.locator('#picks input[value="rise"]').check();
  const card = '.method[data-method="rise"]';
  const cancels = [];
  let frame = 0;
  let minute = "";
  for (let attempt = 0; attempt < 5; attempt++) {
    if (attempt > 0) await page.locator(`${card} .run`).click();
    await page.waitForFunction(
      (card) => /^[\d,]+ of [\d,]+ masks/.test(document.querySelector(`${card} .what`)?.textContent ?? ""),
      card,
    );
    minute = await page.locator(`${card} .masks-word`).textContent();
    const found = await page.evaluate(async (card) => {
      const next = () => new Promise((done) => requestAnimationFrame(done));
      let last = await next();
      let longest = 0;
      for (const end = last + 3000; last < end; ) {
        const now = await next();
        longest = Math.max(longest, now - last);
        last = now;
      }
      const asked = performance.now();
      document.querySelector("#compare-cancel").click();
      while (document.querySelector(card).dataset.state !== "missing") await next();
      return { longest, cancel: performance.now() - asked };
    }, card);
    cancels.push(found.cancel);
    frame = Math.max(frame, found.longest);
  }
  await page.close();
  return { frame, cancelInPage: Math.max(...cancels), minute };
}
keep("rise", {
  command: `MASKS=${masks} ROUNDS=${rounds} ./build.sh bench rise`,
  date: new Date().toISOString().slice(0, 10),
  cores: os.cpus().length,
  processor: os.cpus()[0].model,
  masks,
  rounds,
  ...figures,
  ...inPage,
});

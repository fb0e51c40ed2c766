// RISE on the bundled model, on the CPU in Chromium: its rate beside that of the same forward passes in
// a bare loop, interleaved; then all of its masks to the end; then how fast it can be called off, through
// the library on the page's own thread, and in the page.
//
//   MASKS=8000   masks of the long run
//   ROUNDS=7     rounds of the comparison, of 100 masks each
import path from "node:path";
import { chromium } from "playwright-core";
import { figure, median, ratios } from "./figures.mjs";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, root } from "./support.mjs";

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
// A file of text, so that the page itself does not run beside.
await page.goto(`${server.url}pkg/c3lrp.js`);
const { bare, through, cancels, ...measured } = await page.evaluate(
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
      onProgress: (done, total, what) => {
        if (what !== "masks" || done / total < told) return;
        console.log(`${done} of ${total} masks`);
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
    return { bare, through, seconds, longest, cancels };
  },
  [masks, rounds],
);
await page.close();
const { cancelsInPage, frame, minute } = await measurePage();
const version = browser.version();
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
  return { frame, cancelsInPage: cancels, minute };
}
const found = {
  command: `MASKS=${masks} ROUNDS=${rounds} ./build.sh bench rise`,
  ...circumstances(),
  chromium: version,
  masks,
  rounds,
  bare: median(bare),
  rise: median(through),
  ratio: median(ratios(through, bare)),
  ...measured,
  cancel: Math.max(...cancels),
  frame,
  cancelInPage: Math.max(...cancelsInPage),
  minute,
};
keep("rise", found, [
  figure("RISE, 100 masks", "per second", "more", through),
  figure("bare loop of the same passes", "per second", "more", bare),
  figure("RISE / bare loop", "ratio", "more", ratios(through, bare)),
  figure(`RISE, ${masks} masks`, "per second", "more", masks / measured.seconds),
  figure("longest that a timer waits on the page's own thread", "ms", "less", measured.longest),
  figure("called off through the library", "ms", "less", cancels),
  figure("longest between two frames of the page", "ms", "less", frame),
  figure("called off in the page", "ms", "less", cancelsInPage),
]);

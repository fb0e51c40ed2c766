// What a second worker is worth for several things at once, with the bundled model on the CPU path in the browser: six
// methods for a picture, then the curves of two of the maps, through `load` with one worker and with two.
//
//   ROUNDS=7   interleaved rounds, each with another bird
import path from "node:path";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, launch, median, root } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 7);
const methods = [
  ...["lrp-epsilon-gamma-box", "c3-lrp", "grad-cam", "input-x-gradient", "lrp-epsilon", "lrp-alpha2-beta1"],
];
const server = await serve({
  "/pkg/": path.join(root, "pkg"),
  "/models/": path.join(root, "www/public/models"),
});
const browser = await launch();
const page = await browser.newPage();
page.setDefaultTimeout(600_000);
page.on("console", (message) => console.log(message.text()));
await page.goto(server.url);
const all = await page.evaluate(
  async ({ rounds, methods }) => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    const { load } = await import(new URL("/pkg/dist/load.js", location.href).href);
    await library.default();
    const weights = new URL("/models/birds-resnet50.safetensors", location.href);
    const explainers = [];
    for (const workers of [1, 2])
      explainers.push(await load(weights, { device: "cpu", cache: false, workers }));
    const timed = async (work) => {
      const start = performance.now();
      const done = await work();
      return [performance.now() - start, done];
    };
    const all = [];
    for (let round = 0; round <= rounds; round++) {
      const { rgba: data, side } = library.drawBird("Masked Sunwren", 4_000_000 + round);
      const picture = { data, width: side, height: side };
      const times = {};
      const areas = [];
      for (const [at, workers] of ["one", "two"].entries()) {
        const explain = (method) => explainers[at].explain(picture, { fit: "whole", method });
        const [comparison, [one, other]] = await timed(() => Promise.all(methods.map(explain)));
        const [curves, found] = await timed(() => Promise.all([one.faithfulness(), other.faithfulness()]));
        times[workers] = { comparison, curves };
        areas.push(JSON.stringify(found.map(({ insertion, deletion }) => [insertion.area, deletion.area])));
      }
      if (areas[0] !== areas[1]) throw Error(`two workers measure something else: ${areas.join(", not ")}`);
      console.log(`round ${round}: ${JSON.stringify(times, (_, it) => (it.toFixed ? Math.round(it) : it))}`);
      // The first round starts the second worker.
      if (round > 0) all.push(times);
    }
    return all;
  },
  { rounds, methods },
);
const chromium = browser.version();
await browser.close();
server.close();
const medians = Object.fromEntries(
  ["comparison", "curves"].map((work) => {
    const [one, two] = ["one", "two"].map((workers) => median(all.map((times) => times[workers][work])));
    return [work, { one, two, ratio: median(all.map((times) => times.one[work] / times.two[work])) }];
  }),
);
keep("batches", {
  command: `ROUNDS=${rounds} ./build.sh bench batches`,
  ...circumstances(),
  chromium,
  rounds,
  methods,
  medians,
});

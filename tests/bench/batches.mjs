// What a second worker is worth for several things at once, with the bundled model on the CPU path in the browser: six
// methods for a picture, then the curves of two of the maps, through `load` with one worker and with two.
//
//   ROUNDS=7   interleaved rounds, each with another bird
import { keep } from "./report.mjs";
import { circumstances, inRounds, median } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 7);
const methods = [
  ...["lrp-epsilon-gamma-box", "c3-lrp", "grad-cam", "input-x-gradient", "lrp-epsilon", "lrp-alpha2-beta1"],
];
const { all, chromium } = await inRounds(
  rounds,
  { methods },
  async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    const { load } = await import(new URL("/pkg/dist/load.js", location.href).href);
    await library.default();
    const weights = new URL("/models/birds-resnet50.safetensors", location.href);
    const explainers = [];
    for (const workers of [1, 2])
      explainers.push(await load(weights, { device: "cpu", cache: false, workers }));
    return { library, explainers };
  },
  // The first round starts the second worker.
  async ([{ library, explainers }, round, { methods }]) => {
    const { timed } = globalThis;
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
    return times;
  },
);
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

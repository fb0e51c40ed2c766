// What a second worker is worth for several things at once, with the bundled model on the CPU path in the browser: six
// methods for a picture, then the curves of two of the maps, then RISE, through `load` with one worker and with two.
//
//   ROUNDS=7   interleaved rounds, each with another bird
//   MASKS=480  RISE's masks
import { column, figure, median, ratios } from "./figures.mjs";
import { keep } from "./report.mjs";
import { circumstances, inRounds } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 7);
const masks = Number(process.env.MASKS ?? 480);
const methods = [
  ...["lrp-epsilon-gamma-box", "c3-lrp", "grad-cam", "input-x-gradient", "lrp-epsilon", "lrp-alpha2-beta1"],
];
const { all, chromium } = await inRounds(
  rounds,
  { methods, masks },
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
  async ([{ library, explainers }, round, { methods, masks }]) => {
    const { timed } = globalThis;
    const { rgba: data, side } = library.drawBird("Masked Sunwren", 4_000_000 + round);
    const picture = { data, width: side, height: side };
    const times = {};
    const given = [];
    for (const [at, workers] of ["one", "two"].entries()) {
      const explain = (method) => explainers[at].explain(picture, { fit: "whole", method });
      const [comparison, [one, other]] = await timed(() => Promise.all(methods.map(explain)));
      const [curves, found] = await timed(() => Promise.all([one.faithfulness(), other.faithfulness()]));
      const [rise, weighed] = await timed(() => explain({ name: "rise", masks }));
      times[workers] = { comparison, curves, rise };
      const numbers = [
        ...found.flatMap(({ insertion, deletion }) => [insertion.area, deletion.area]),
        ...weighed.map,
      ];
      given.push(JSON.stringify(numbers));
    }
    if (given[0] !== given[1]) throw Error("two workers give other numbers than one");
    return times;
  },
);
const works = {
  comparison: `a picture by ${methods.length} methods`,
  curves: "insertion and deletion of two maps",
  rise: `RISE with ${masks} masks`,
};
/** The rounds of a work with one worker, and with two. */
const both = (work) => ["one", "two"].map((workers) => column(column(all, workers), work));
const medians = Object.fromEntries(
  Object.keys(works).map((work) => {
    const [one, two] = both(work);
    return [work, { one: median(one), two: median(two), ratio: median(ratios(one, two)) }];
  }),
);
const figures = Object.entries(works).flatMap(([work, words]) => {
  const [one, two] = both(work);
  return [
    figure(`${words}, one worker`, "ms", "less", one),
    figure(`${words}, two workers`, "ms", "less", two),
    figure(`${words}: one worker / two`, "ratio", "more", ratios(one, two)),
  ];
});
const found = {
  command: `ROUNDS=${rounds} ./build.sh bench batches`,
  ...circumstances(),
  chromium,
  rounds,
  methods,
  masks,
  medians,
};
keep("batches", found, figures);

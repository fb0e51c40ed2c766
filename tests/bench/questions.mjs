// What questions about a picture cost beside its explanation, with the bundled model on the CPU path in the browser.
//
//   ROUNDS=15   interleaved rounds, each with another bird
import { column, figure, median, ratios } from "./figures.mjs";
import { keep } from "./report.mjs";
import { circumstances, inRounds } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 15);
const method = "lrp-epsilon-gamma-box";
const layers = ["layer4.2", "layer3.0", "layer1.0"];
const { all, chromium } = await inRounds(
  rounds,
  { method, layers },
  async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const weights = await (await fetch("/models/birds-resnet50.safetensors")).blob();
    return { library, explainer: await library.Explainer.create(weights, { device: "cpu" }) };
  },
  async ([{ library, explainer }, round, { method, layers }]) => {
    const { timed } = globalThis;
    const species = library.species();
    const { name, nearest } = species[round % species.length];
    const target = species.findIndex((one) => one.name === name);
    const against = species.findIndex((one) => one.name === nearest[0]);
    const bird = library.drawBird(name, 4_000_000 + round);
    const options = { fit: "whole", method, target };
    const explain = (more) => explainer.explain(bird.rgba, bird.side, bird.side, { ...options, ...more });
    const times = {};
    let explained;
    [times.explanation, explained] = await timed(() => explain({}));
    for (const layer of layers)
      [times[layer]] = await timed(() => explained.concepts(layer, { ...options, top: 6 }));
    [times.without] = await timed(() => explained.without(layers[1], Uint32Array.of(0)));
    explained.free();
    [times.contrast, explained] = await timed(() => explain({ against }));
    explained.free();
    return times;
  },
);
const medians = Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(column(all, name))]));
const found = {
  command: "./build.sh bench questions",
  ...circumstances(),
  chromium,
  rounds,
  method,
  layers,
  medians,
};
const words = (name) =>
  layers.includes(name)
    ? `concepts of ${name}`
    : { without: `without a channel of ${layers[1]}`, contrast: "explanation against the nearest" }[name];
const figures = Object.keys(medians).flatMap((name) =>
  name === "explanation"
    ? [figure(name, "ms", "less", column(all, name))]
    : [
        figure(words(name), "ms", "less", column(all, name)),
        figure(
          `${words(name)} / explanation`,
          "ratio",
          "less",
          ratios(column(all, name), column(all, "explanation")),
        ),
      ],
);
keep("questions", found, figures);

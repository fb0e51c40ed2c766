// What questions about a picture cost beside its explanation, with the bundled model on the CPU path in the browser.
//
//   ROUNDS=15   interleaved rounds, each with another bird
import path from "node:path";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, launch, median, root } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 15);
const method = "lrp-epsilon-gamma-box";
const layers = ["layer4.2", "layer3.0", "layer1.0"];
const server = await serve({
  "/pkg/": path.join(root, "pkg"),
  "/models/": path.join(root, "www/public/models"),
});
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.url);
const all = await page.evaluate(
  async ({ rounds, method, layers }) => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const weights = await (await fetch("/models/birds-resnet50.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const species = library.species();
    const timed = async (work) => {
      const start = performance.now();
      const done = await work();
      return [performance.now() - start, done];
    };
    const all = [];
    for (let round = 0; round <= rounds; round++) {
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
      // The first round warms up.
      if (round > 0) all.push(times);
    }
    return all;
  },
  { rounds, method, layers },
);
const chromium = browser.version();
await browser.close();
server.close();
const medians = Object.fromEntries(
  Object.keys(all[0]).map((name) => [name, median(all.map((times) => times[name]))]),
);
keep("questions", {
  command: "./build.sh bench questions",
  ...circumstances(),
  chromium,
  rounds,
  method,
  layers,
  medians,
});

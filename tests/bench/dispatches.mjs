// What an explanation asks of the GPU, counted in Chromium, beside the least that the network's layers need, as Markdown
// for docs/kernels.md: `node tests/bench/dispatches.mjs`.
//
//   GPU=1          take the machine's own adapter, not the software one
//   CHROMIUM=path  another browser
import path from "node:path";
import { byShape, LAPTOP, least, reckon, shapes } from "./roofline.mjs";
import { fullModel, inWorkers, root } from "./support.mjs";

const models = path.join(root, "www/public/models");
const networks = {
  "full ResNet-50": { url: "/data/resnet50.safetensors", file: fullModel() },
  "bundled network": {
    url: "/models/birds-resnet50.safetensors",
    file: path.join(models, "birds-resnet50.safetensors"),
  },
};
const asked = Object.fromEntries(Object.entries(networks).map(([name, { url }]) => [name, url]));
const { answers: found, chromium } = await inWorkers("dispatches-worker.mjs", asked);
console.log(`Chromium ${chromium}, adapter "${Object.values(found)[0].adapter}"\n`);

const number = (value) => value.toLocaleString("en");
const table = (head, rows) =>
  [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const rows = {
  dispatches: "dispatches",
  "compute passes": "passes",
  submits: "submits",
  "writes to the GPU": "writes",
  "bytes that are written": "written",
  "copies from buffer to buffer": "copies",
  "bytes that are copied, nearly all to be read back": "copied",
  "buffers made": "buffers",
  "buffers mapped (`mapAsync`)": "maps",
  "waits for mapped buffers": "waits",
};
const steps = Object.entries(found).flatMap(([network, { steps }]) =>
  Object.entries(steps).map(([step, counts]) => ({ network, step, counts })),
);
console.log(
  table(
    ["", ...steps.map(({ network, step }) => `${network}, ${step}`)],
    Object.entries(rows).map(([words, kind]) => [words, ...steps.map(({ counts }) => number(counts[kind]))]),
  ),
);

// How the dispatches divide, those of each purpose that one of the steps has most of first.
const most = (purpose) => Math.max(...steps.map(({ counts }) => counts.of[purpose] ?? 0));
const purposes = [...new Set(steps.flatMap(({ counts }) => Object.keys(counts.of)))];
purposes.sort((a, b) => most(b) - most(a));
console.log();
console.log(
  table(
    ["dispatches", ...steps.map(({ network, step }) => `${network}, ${step}`)],
    purposes.map((purpose) => [purpose, ...steps.map(({ counts }) => number(counts.of[purpose] ?? 0))]),
  ),
);

const sum = (layers, of) => layers.reduce((sum, layer) => sum + of(layer), 0);
const billions = (value) => `${(value / 1e9).toFixed(2)} · 10⁹`;
const milliseconds = (seconds) => `${(1000 * seconds).toFixed(3)} ms`;
const reckoned = Object.entries(networks).map(([name, { file }]) => [name, reckon(shapes(file), 224)]);
const ways = reckoned.flatMap(([name, layers]) =>
  ["forward", "back"].map((way) => {
    const time = (layer) => least(layer.products, layer[way], LAPTOP);
    return [
      `${name}, ${way}`,
      billions(2 * sum(layers, ({ products }) => products)),
      `${(sum(layers, (layer) => layer[way]) / 1e6).toFixed(1)} MB`,
      milliseconds(sum(layers, time)),
      milliseconds(sum(layers, ({ products }) => (2 * products) / LAPTOP.flops)),
      milliseconds(sum(layers, (layer) => layer[way] / LAPTOP.bandwidth)),
    ];
  }),
);
console.log();
console.log(table(["", "FLOP", "bytes", "least time", "by FLOP alone", "by bytes alone"], ways));
for (const [name, layers] of reckoned) {
  console.log();
  const shapes = byShape(layers, LAPTOP).slice(0, 3);
  console.log(
    table(
      [`${name}: kernel, channels, side`, "layers", "share of the least time", "least time", "FLOP a byte"],
      shapes.map(({ shape, count, share, seconds, intensity }) => [
        shape,
        count,
        `${(100 * share).toFixed(1)} %`,
        milliseconds(seconds),
        intensity.toFixed(1),
      ]),
    ),
  );
}

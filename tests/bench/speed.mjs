// Forward, explanation and the peers' forward on full ResNet-50, interleaved in one Chromium.
// `./build.sh bench` prepares what it needs.
//
//   ROUNDS=5      measured rounds on the CPU (after one more to warm up)
//   GPU_ROUNDS=5  the same on WebGPU; a software adapter takes a minute a round
//   GPU=1         take the machine's own adapter, not the software one
//   CHROMIUM=path another browser
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { column, figure, median, ratios, versionOf } from "./figures.mjs";
import { keep } from "./report.mjs";
import { runtimes } from "./runtimes.mjs";
import { serve } from "./server.mjs";
import { circumstances, data, fullModel, gzipped, launch, root } from "./support.mjs";

const rounds = { cpu: Number(process.env.ROUNDS ?? 5), gpu: Number(process.env.GPU_ROUNDS ?? 5) };

const weights = fullModel();
const model = path.join(data, "resnet50.onnx");
if (!fs.existsSync(model))
  execFileSync(process.env.PYTHON ?? "python3", [
    path.join(import.meta.dirname, "onnx_model.py"),
    weights,
    model,
  ]);

const server = await serve({
  "/pkg/": path.join(root, "pkg"),
  "/light/": path.join(root, "www/light"),
  "/data/": data,
  "/models/": path.join(root, "www/public/models"),
  "/bench/": import.meta.dirname,
  "/ort/": path.join(import.meta.dirname, "node_modules/onnxruntime-web/dist"),
  "/tensorflow/": path.join(import.meta.dirname, "node_modules/@tensorflow"),
});
const browser = await launch();

const results = {};
// The rounds that count, by runtime.
const measured = {};
// What a model's first runtime gave, round by round: the others have to agree, or their times mean nothing.
const answers = {};
for (const kind of ["cpu", "gpu"]) {
  const names = Object.keys(runtimes).filter((name) => name.includes("webgpu") === (kind === "gpu"));
  const pages = [];
  for (const name of names) {
    const page = await browser.newPage();
    page.setDefaultTimeout(600_000);
    page.on("pageerror", (error) => console.error(`${name}: ${error}`));
    await page.goto(server.url);
    console.log(`loading ${name}`);
    pages.push({ name, page, runs: [], loaded: await page.evaluate(runtimes[name].load) });
  }
  for (let round = 0; round <= rounds[kind]; round++)
    for (const { name, page, runs } of pages) {
      const { largest, ...run } = await page.evaluate(`${runtimes[name].run}(${round})`);
      const question = `${runtimes[name].model}, round ${round}`;
      answers[question] ??= largest;
      if (Math.abs(largest - answers[question]) > 1e-3 * Math.abs(answers[question]))
        throw Error(`${name} computes something else: ${largest}, not ${answers[question]}`);
      console.log(
        `${name}, round ${round}: ${JSON.stringify(run, (_, value) => (typeof value === "number" ? Math.round(value) : value))}`,
      );
      runs.push(run);
    }
  for (const { name, page, runs, loaded } of pages) {
    const measures = {};
    measured[name] = runs.slice(1);
    for (const key of Object.keys(runs[0]))
      measures[key] =
        key === "heap" ? Math.max(...runs.map((run) => run.heap)) : median(column(measured[name], key));
    results[name] = {
      ...loaded,
      first: runs[0].explanation ?? runs[0].forward,
      ...measures,
      rounds: rounds[kind],
    };
    await page.close();
  }
}
const version = browser.version();
await browser.close();
server.close();

const file = path.join(root, "pkg/c3lrp_bg.wasm");
const wasm = { raw: fs.statSync(file).size, gzipped: gzipped(file) };

/** Every time of a runtime, with its rounds; what happens once, and what it holds at most. */
const times = ([name, { start, load, choosing, heap }]) => [
  figure(`${name}: start`, "ms", "less", start),
  figure(`${name}: load`, "ms", "less", load),
  ...(choosing ? [figure(`${name}: kernels`, "ms", "less", choosing)] : []),
  ...["forward", "backward", "explanation", "classSwitch"]
    .filter((key) => key in measured[name][0])
    .map((key) => figure(`${name}: ${key}`, "ms", "less", column(measured[name], key))),
  ...(heap ? [figure(`${name}: peak wasm heap`, "MB", "less", heap)] : []),
];
/** How long one takes beside another, round by round. */
const beside = ([name, key], [peer, theirs]) =>
  figure(
    `${name}: ${key} / ${name === peer ? "" : `${peer}: `}${theirs}`,
    "ratio",
    "less",
    ratios(column(measured[name], key), column(measured[peer], theirs)),
  );
const [cpu, gpu, one] = ["c3lrp cpu", "c3lrp webgpu", "onnxruntime-web wasm, 1 thread"];
const figures = [
  ...Object.entries(results).flatMap(times),
  ...["forward", "explanation"].map((key) => beside([cpu, key], [one, "forward"])),
  ...["onnxruntime-web webgpu", "TensorFlow.js webgpu"].flatMap((peer) =>
    ["forward", "explanation"].map((key) => beside([gpu, key], [peer, "forward"])),
  ),
  ...[cpu, gpu]
    .flatMap((name) => [name, `${name}, bundled model`])
    .map((name) => beside([name, "explanation"], [name, "forward"])),
  figure("pkg/c3lrp_bg.wasm, gzipped", "bytes", "less", wasm.gzipped),
];
const found = {
  command: `ROUNDS=${rounds.cpu} GPU_ROUNDS=${rounds.gpu} ./build.sh bench`,
  ...circumstances(),
  chromium: version,
  adapter: results[gpu].adapter,
  software: !process.env.GPU,
  rounds,
  wasm,
  results,
};
const peers = ["onnxruntime-web", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-webgpu"];
keep("speed", found, figures, Object.fromEntries(peers.map((name) => [name, versionOf(name)])));

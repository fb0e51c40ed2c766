// BENCHMARKS.json holds what was measured last, part by part; BENCHMARKS.md is written from it. Figures with their rounds
// are beside the benches (figures.mjs).
import fs from "node:fs";
import path from "node:path";
import { keepFigures } from "./figures.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const file = path.join(root, "BENCHMARKS.json");

/**
 * Keeps what a part found in place of what it found last, writes the report anew, and says what became worse. `figures` are
 * the part's, each with its rounds; `versions` are those of its peers.
 */
export function keep(part, found, figures, versions = {}) {
  const report = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
  report[part] = found;
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  const parts = Object.entries(describe).filter(([name]) => report[name]);
  const text = ["# Benchmarks\n", ...parts.map(([name, words]) => words(report[name]))].join("\n");
  fs.writeFileSync(path.join(root, "BENCHMARKS.md"), text);
  console.log(describe[part](found));
  const { date, command, processor, cores, adapter, chromium } = found;
  keepFigures(part, {
    date,
    command,
    machine: { processor, cores, adapter },
    versions: { node: process.versions.node, chromium, ...versions },
    figures,
  });
}

const describe = {
  opening: describeOpening,
  speed: describeSpeed,
  native: describeNative,
  avx2: describeAvx2,
  gpu: describeGpu,
  memory: describeMemory,
  questions: describeQuestions,
  batches: describeBatches,
  live: describeLive,
  rise: describeRise,
  birds: describeBirds,
};

function describeOpening({
  command,
  date,
  cores,
  processor,
  chromium,
  openings,
  wasm,
  opening,
  slowest,
  bytes,
  busy,
  bare,
  bareBusy,
}) {
  const milliseconds = (value) => `${Math.round(value).toLocaleString("en")} ms`;
  return `## Opening the page

Made by \`${command}\` on ${date}, in a fresh headless Chromium ${chromium} each time, nothing cached, on ${cores} cores of ${processor}, the page served from the same machine. Medians of ${openings}: the wasm is there after ${milliseconds(wasm)}, the bundled model's first bird is explained and shown after ${milliseconds(opening)} (at the slowest ${milliseconds(slowest)}), on the CPU.${bytes ? ` Before it ${bytes.toLocaleString("en")} bytes are fetched, each file as \`gzip -9\` makes it, the model's weights aside.` : ""}${bare ? ` In turns with it, a bare page that starts a worker, compiles the same wasm and fetches the same weights was ready after ${milliseconds(bare)}. Until then, Chromium's processes had used ${milliseconds(bareBusy)} of processors, and ${milliseconds(busy)} until the first map.` : ""}
`;
}

function describeSpeed({ command, date, cores, processor, chromium, software, rounds, wasm, results: r }) {
  const number = (value) => (value === undefined ? "" : Math.round(value).toLocaleString("en"));
  const row = (name, r) =>
    `| ${name} | ${[r.start, r.load, r.choosing, r.first, r.forward, r.backward, r.explanation, r.classSwitch].map(number).join(" | ")} | ${r.heap ? Math.round(r.heap) : ""} |`;
  const ratio = (words, a, b) => (a && b ? [`| ${words} | ${(a / b).toFixed(2)} |`] : []);
  const [cpu, bundled, gpu] = [r["c3lrp cpu"], r["c3lrp cpu, bundled model"], r["c3lrp webgpu"]];
  const [wasm1, webgpu] = [r["onnxruntime-web wasm, 1 thread"].forward, r["onnxruntime-web webgpu"].forward];
  const tensorflow = r["TensorFlow.js webgpu"]?.forward;
  const ratios = [
    ...ratio("CPU: forward / onnxruntime-web wasm forward at one thread", cpu.forward, wasm1),
    ...ratio("CPU: explanation / onnxruntime-web wasm forward at one thread", cpu.explanation, wasm1),
    ...ratio("CPU: explanation / forward", cpu.explanation, cpu.forward),
    ...ratio("CPU, bundled model: explanation / forward", bundled.explanation, bundled.forward),
    ...ratio("CPU: class switch / explanation", cpu.classSwitch, cpu.explanation),
    ...ratio("WebGPU: forward / onnxruntime-web WebGPU forward", gpu.forward, webgpu),
    ...ratio("WebGPU: explanation / onnxruntime-web WebGPU forward", gpu.explanation, webgpu),
    ...ratio("WebGPU: forward / TensorFlow.js WebGPU forward", gpu.forward, tensorflow),
    ...ratio("WebGPU: explanation / TensorFlow.js WebGPU forward", gpu.explanation, tensorflow),
  ];
  return `## Speed

Made by \`${command}\` on ${date}: full ResNet-50 (formula-made weights, 102 MB in F32) and the bundled model (its topology, a quarter of its width, 3 MB in F16), batch 1, 224×224, in one headless Chromium ${chromium} with every runtime in a page of its own, ${cores} cores of ${processor}. Rounds are interleaved, one runtime after the other, with another picture each round; figures are medians of ${rounds.cpu} rounds on the CPU and ${rounds.gpu} on WebGPU after one to warm up. WebGPU ran on the adapter "${r["c3lrp webgpu"].adapter}"${software ? ", which is software: its figures compare runtimes and say nothing of a real GPU" : ""}. Machines are noisy: only ratios from one run mean anything.

| milliseconds | start | load | kernels | first run | forward | backward | explanation | class switch | peak wasm heap, MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${Object.entries(r)
  .map(([name, measures]) => row(name, measures))
  .join("\n")}

*Start*: import and compile the wasm (for the peers: import, and fetch the model). *Load*: weights in memory to a network on the device, self-test included. *Kernels*: after it on WebGPU, timing what can compute each layer, which the page remembers for an adapter. *First run*: the explanation (for the peers the forward pass) of the first round. *Explanation*: picture tensor to C3-filtered map, all in. *Class switch*: another class of the same picture. Of the peers only the forward pass exists. All have the same weights, each BatchNorm merged into its convolution, and have to give the same logits: onnxruntime-web by the ONNX model of \`tests/bench/onnx_model.py\`, TensorFlow.js by its operations (\`tests/bench/tensorflow.mjs\`: convolution with bias and ReLU fused, from picture to logits, read back).

| ratio | |
| --- | --- |
${ratios.join("\n")}

\`pkg/c3lrp_bg.wasm\`: ${wasm.raw.toLocaleString("en")} bytes, ${wasm.gzipped.toLocaleString("en")} gzipped. \`./build.sh\` fails above 2,500,000 gzipped.
`;
}

function describeNative(found) {
  const { command, date, cores, processor, threads, rounds, version } = found;
  return `## Native, beside PyTorch

Made by \`${command}\` on ${date}: full ResNet-50, batch 1, 224×224, ${threads} threads on ${cores} cores of ${processor}; PyTorch ${version}, eager, in evaluation mode, with gradients for the picture alone, from the same weights. The processes take turns, with another picture each round, and have to give the same logits; medians of ${rounds} rounds after one to warm up, in each turn of the second of two pictures: the first one wakes the cores. PyTorch's threads spin while they wait for each other, which costs it many times its time where the machine has other work; it ran with sleeping threads and with one alone as well, and the ratios are to its fastest way. Where one thread is that, the machine was not free, and the ratio says little.

${besidePyTorch(found)}`;
}

function describeAvx2(found) {
  const { command, date, processor, rounds } = found;
  return `### With AVX2 alone

Made by \`${command}\` on ${date}, ${rounds} rounds on the same ${processor}, ours and PyTorch's libraries held to the registers that most desktops and laptops have.

${besidePyTorch(found)}`;
}

function describeGpu(found) {
  const { command, date, adapter, rounds, version } = found;
  return `## On a GPU, beside PyTorch

Made by \`${command}\` on ${date}: full ResNet-50, batch 1, 224×224, on ${adapter}, our WGSL by its native driver; PyTorch ${version}, eager, by CUDA, in evaluation mode, with gradients for the picture alone, from the same weights; both from a picture in memory to the answer in memory. The processes take turns, with another picture each round, and have to give the same logits; medians of ${rounds} rounds after one to warm up, in each turn of the second of two pictures.

${besidePyTorch(found)}`;
}

function besidePyTorch({ ours, pytorch, ratios }) {
  const row = (name, ...values) => `| ${name} | ${values.map((value) => value.toFixed(1)).join(" | ")} |`;
  const least = (what) => Math.min(...Object.values(pytorch).map((measures) => measures[what]));
  const ratio = (a, b) => (a / b).toFixed(2);
  return `| milliseconds | forward | explanation (c3-lrp); PyTorch: forward and input gradient of one logit | class switch |
| --- | ---: | ---: | ---: |
${row("c3lrp", ours.forward, ours.explanation, ours.classSwitch)}
${Object.entries(pytorch)
  .map(([name, { forward, gradient }]) => `${row(`PyTorch, ${name}`, forward, gradient)} |`)
  .join("\n")}

| ratio | |
| --- | --- |
| explanation / PyTorch forward and input gradient | ${ratio(ours.explanation, least("gradient"))} (${ratios.map((value) => value.toFixed(2)).join(" to ")} in single rounds) |
| forward / PyTorch forward | ${ratio(ours.forward, least("forward"))} |
`;
}

function describeMemory({ command, date, chromium, results }) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const sum = ({ heap, gpu, pieces }) => heap + gpu + pieces;
  const columns = (held) => [held.heap, held.gpu, held.pieces, sum(held)].map(megabytes).join(" | ");
  const summary = ([name, { weights, phases, early, late }]) => {
    const peak = phases.reduce((a, b) => (sum(b.most) > sum(a.most) ? b : a));
    return `| ${name} | ${megabytes(weights)} | ${columns(peak.most)} | ${(sum(peak.most) / weights).toFixed(2)} | ${peak.name} | ${megabytes(sum(early))} (${early.at}) | ${megabytes(sum(late))} (${late.at}) |`;
  };
  const phases = ([
    name,
    { weights, phases },
  ]) => `| ${name} | heap | GPU | pieces | all | ÷ weights | all at its end |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${phases.map(({ name, most, end }) => `| ${name} | ${columns(most)} | ${(sum(most) / weights).toFixed(2)} | ${megabytes(sum(end))} |`).join("\n")}
`;
  const entries = Object.entries(results);
  const adapter = entries.map(([, { adapter }]) => adapter).at(-1);
  return `## Memory

Made by \`${command}\` on ${date} in headless Chromium ${chromium}, WebGPU on the adapter "${adapter}": a worker loads the weights from a \`Blob\` and explains pictures of 224×224, each another one, and another class of each. *Heap*: the wasm heap, which never shrinks. *GPU*: WebGPU buffers made and neither destroyed nor collected as garbage. *Pieces*: what was read of the weights' file and is not yet collected. *Weights*: 4 bytes a parameter. *4 GiB*, *8 GiB*: the memory that the browser says the machine has; from 8 GiB on, layouts of a ResNet-50's weights for the way back are kept, which saves time. Without them, at most 2.2 times the weights are wanted for ResNet-50, and everywhere no growth over 200 explanations. MB are 10⁶ bytes.

| | weights | heap at the peak | GPU | pieces | all | ÷ weights | peak while | after explanations | after explanations |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |
${entries.map(summary).join("\n")}

The most that was held, phase by phase:

${entries.slice(0, 3).map(phases).join("\n")}`;
}

function describeQuestions({ command, date, cores, processor, chromium, rounds, method, layers, medians }) {
  const row = (name, value) =>
    `| ${name} | ${Math.round(value)} | ${(value / medians.explanation).toFixed(2)} |`;
  return `## Questions about a picture

Made by \`${command}\` on ${date}: the bundled model on the CPU path in headless Chromium ${chromium}, ${cores} cores of ${processor}, \`${method}\` with C3. Medians of ${rounds} interleaved rounds, each with another drawn bird, after one to warm up. *Concepts*: the six channels with most relevance, each with its own map.

| | ms | ÷ explanation |
| --- | ---: | ---: |
${row("explanation", medians.explanation)}
${row("explanation against the nearest species", medians.contrast)}
${layers.map((layer) => row(`concepts of ${layer}`, medians[layer])).join("\n")}
${row(`the answer without a channel of ${layers[1]}`, medians.without)}
`;
}

function describeBatches({ command, date, cores, processor, chromium, rounds, methods, masks, medians }) {
  const row = (words, { one, two, ratio }) =>
    `| ${words} | ${[one, two].map((value) => Math.round(value).toLocaleString("en")).join(" | ")} | ${ratio.toFixed(2)} |`;
  return `## Several things at once

Made by \`${command}\` on ${date}: the bundled model on the CPU path in headless Chromium ${chromium}, ${cores} cores of ${processor}, through \`load\` with \`workers: 1\` and \`workers: 2\`. Both give the same numbers to the bit. Medians of ${rounds} interleaved rounds, each with another bird, after one that starts the second worker; the ratio is the median of the rounds' own.

| milliseconds | one worker | two workers | one ÷ two |
| --- | --- | --- | --- |
${row(`a picture by ${methods.length} methods`, medians.comparison)}
${row("insertion and deletion of two of the maps", medians.curves)}
${medians.rise ? row(`RISE with ${masks} masks`, medians.rise) : ""}
`;
}

function describeLive({ command, date, cores, processor, chromium, camera, brush, memory }) {
  const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  return `## Camera and brush

Made by \`${command}\` on ${date}: the page in headless Chromium ${chromium}, the bundled model on the CPU path, ${cores} cores of ${processor}. The camera is a film of a drawn bird, 640×480 at 30 frames a second.

| | |
| --- | ---: |
| frames explained a second, over ${camera.seconds} s | ${camera.rate.toFixed(1)} |
| looked at with | ${camera.side} × ${camera.side} pixels |
| the same by a ResNet-18, with ${camera.resnet.side} × ${camera.resnet.side} pixels | ${camera.resnet.rate.toFixed(1)} |
| latest frame of the page meanwhile, after the one before | ${Math.ceil(camera.latest)} ms |
| from the pointer to the new map, first at 160 × 160 pixels, median of ${brush.dabs} dabs | ${Math.round(brush.median)} ms |
| from the pointer to the map at the network's own side | ${Math.round(brush.own)} ms |
| maps a second along one stroke | ${brush.rate.toFixed(1)} |
| latest frame of the page along the stroke | ${Math.ceil(brush.latest)} ms |
| page and worker after 100 frames, and after ${memory.frames.toLocaleString("en")} | ${mb(memory.before)}, ${mb(memory.after)} |
`;
}

function describeRise(found) {
  const { command, date, cores, processor, masks, rounds, bare, rise, ratio, seconds } = found;
  const { longest, cancel, frame, cancelInPage, minute } = found;
  return `## RISE

Made by \`${command}\` on ${date}: the bundled model on the CPU path in headless Chromium, ${cores} cores of ${processor}. In ${rounds} interleaved rounds of 100 masks RISE made ${rise.toFixed(1)} masks a second, and a bare loop of the same forward passes ${bare.toFixed(1)} (medians): ${ratio.toFixed(2)} of its rate. All ${masks.toLocaleString("en")} masks took ${Math.round(seconds)} s, ${(masks / seconds).toFixed(1)} a second.

Through the library on a page's own thread, without a worker, a timer never waited for longer than ${Math.ceil(longest)} ms, and RISE ended within ${Math.ceil(cancel)} ms of being called off. In the page, which uses a worker, no two frames were further apart than ${Math.ceil(frame)} ms while it ran, and it ended within ${Math.ceil(cancelInPage)} ms of the click; the slowest of five times each. The page chose: "${minute}"
`;
}

function describeBirds({ command, pictures, accuracy, maps }) {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const row = ({ map, bird, deciding }) =>
    `| ${map} | ${[bird.pointing, deciding.pointing, bird.mass, deciding.mass].map(percent).join(" | ")} |`;
  return `## Where the relevance lies

Made by \`${command}\` (\`./build.sh bench birds\`): ${pictures} birds that the network has never seen, each explained for its true species (${percent(accuracy)} are called by it). The generator knows which pixels show the bird, and which show the parts by which its species differs from the nearest ones.

| map | points at the bird | points at a deciding part | mass on the bird | mass on the deciding parts |
| --- | ---: | ---: | ---: | ---: |
${maps.map(row).join("\n")}

*Points at*: the map's strongest pixel lies there (pointing game without tolerance; equals count by their share). *Mass*: the share of the positive relevance that lies there. The last two rows know nothing of the picture: a uniform map, which shows the areas' own shares, and a Gaussian in the middle whose standard deviation is a quarter of the side.
`;
}

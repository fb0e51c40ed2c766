// The processor's time of a forward pass and of an explanation in Node, for one build of the package or several, in
// turns: node tests/bench/processor.mjs MODEL ROUNDS PKG...; METHOD=NAME takes another method than c3-lrp.
//
// A PKG is a folder with c3lrp.js and c3lrp_bg.wasm, as pkg/ after ./build.sh, or another script that has its wasm beside
// it, as www/light/light.js; "onnxruntime=FILE.onnx" is onnxruntime-web with one thread. Node 20 takes
// www/light/light-relaxed.js with --experimental-wasm-relaxed-simd, and newer ones without. Times are those of the process, in milliseconds, so that other work on the machine
// counts for little: the least, the lower quartile and the median of all rounds.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [model, rounds, ...subjects] = process.argv.slice(2);
if (!model || !(Number(rounds) > 0) || subjects.length === 0)
  throw Error("usage: node tests/bench/processor.mjs MODEL ROUNDS PKG...");

/** Rounds before those that count: V8 compiles meanwhile. */
const WARM = 3;

const options = process.env.METHOD ? { method: { name: process.env.METHOD } } : {};

const picture = (round) =>
  Float32Array.from(
    { length: 3 * 224 * 224 },
    (_, i) => Math.sin(i * 0.37 + round) + 0.5 * Math.cos(i * 0.011),
  );

async function timed(work) {
  const from = process.cpuUsage();
  const made = await work();
  return [process.cpuUsage(from).user / 1e3, made];
}

async function onnxruntime(file) {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(file, { executionProviders: ["wasm"] });
  return async (round) => {
    const x = new ort.Tensor("float32", picture(round), [1, 3, 224, 224]);
    const [forward] = await timed(() => session.run({ x }));
    return { forward };
  };
}

async function ours(subject) {
  const script = subject.endsWith(".js") ? subject : path.join(subject, "c3lrp.js");
  const { default: init, Explainer } = await import(pathToFileURL(path.resolve(script)));
  const wasm = await init({ module_or_path: fs.readFileSync(script.replace(/\.js$/, "_bg.wasm")) });
  const explainer = await Explainer.create(new Blob([fs.readFileSync(model)]), { device: "cpu" });
  return async (round) => {
    const input = picture(round);
    const [explanation, explained] = await timed(() => explainer.explainTensor(input, 224, 224, options));
    // Another class needs no second forward pass.
    const [back] = await timed(() =>
      explained.explain({ ...options, target: round % explainer.info.classes }),
    );
    explained.free();
    return { forward: explanation - back, back, explanation, heap: wasm.memory.buffer.byteLength / 1e6 };
  };
}

const runs = new Map();
for (const subject of subjects) {
  const [, onnx] = subject.match(/^onnxruntime=(.*)$/) ?? [];
  runs.set(subject, { run: await (onnx ? onnxruntime(onnx) : ours(subject)), found: [] });
}
for (let round = 0; round < WARM + Number(rounds); round++)
  for (const { run, found } of runs.values()) {
    const times = await run(round);
    if (round >= WARM) found.push(times);
  }
for (const [subject, { found }] of runs)
  for (const key of Object.keys(found[0])) {
    const sorted = found.map((times) => times[key]).sort((a, b) => a - b);
    const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1).padStart(8);
    console.log(`${subject.padEnd(24)} ${key.padEnd(12)} ${at(0)} ${at(0.25)} ${at(0.5)}`);
  }

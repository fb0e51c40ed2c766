// How far the maps of several builds of the package lie apart, on the CPU: node tests/bench/rounding.mjs MODEL PKG...
//
// A PKG is a folder or a script as for processor.mjs. For each picture and method: the largest difference from the first
// build's map, as a share of that map's largest magnitude. Two builds that differ in nothing but rounding, as with and
// without relaxed-simd, say how far apart two right answers are.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [model, ...packages] = process.argv.slice(2);
if (!model || packages.length < 2) throw Error("usage: node tests/bench/rounding.mjs MODEL PKG PKG...");

const PICTURES = 6;
const METHODS = ["c3-lrp", "c3-lrp-plus", "lrp-epsilon", "lrp-epsilon-gamma-box"];
const SIDE = 224;

/** Lehmer's random numbers, from −0.5 to 0.5, so that a run comes again. */
let state = 1;
function random() {
  state = (state * 16807) % 2147483647;
  return state / 2147483647 - 0.5;
}

/** Soft blobs of several sizes with a little noise: [3, SIDE, SIDE], prepared. */
function picture() {
  const values = Float32Array.from({ length: 3 * SIDE * SIDE }, () => 0.1 * random());
  for (const cells of [3, 7, 20, 56])
    for (let channel = 0; channel < 3; channel++) {
      const corners = Float32Array.from({ length: (cells + 1) ** 2 }, random);
      for (let at = 0; at < SIDE * SIDE; at++) {
        const [y, x] = [Math.floor(at / SIDE), at % SIDE].map((place) => (place / SIDE) * cells);
        const [row, column] = [Math.floor(y), Math.floor(x)];
        const corner = (down, across) => corners[(row + down) * (cells + 1) + column + across];
        const line = (down) => corner(down, 0) + (x - column) * (corner(down, 1) - corner(down, 0));
        values[channel * SIDE * SIDE + at] += 2 * (line(0) + (y - row) * (line(1) - line(0)));
      }
    }
  return values;
}

const explainers = [];
for (const subject of packages) {
  const script = subject.endsWith(".js") ? subject : path.join(subject, "c3lrp.js");
  const { default: init, Explainer } = await import(pathToFileURL(path.resolve(script)));
  await init({ module_or_path: fs.readFileSync(script.replace(/\.js$/, "_bg.wasm")) });
  explainers.push(await Explainer.create(new Blob([fs.readFileSync(model)]), { device: "cpu" }));
}
for (let number = 0; number < PICTURES; number++) {
  const input = picture();
  for (const method of METHODS) {
    const maps = [];
    for (const explainer of explainers) {
      const explained = await explainer.explainTensor(input, SIDE, SIDE, { method });
      maps.push(explained.map);
      explained.free();
    }
    const [first, ...others] = maps;
    const largest = first.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = (map) => map.reduce((most, value, at) => Math.max(most, Math.abs(value - first[at])), 0);
    const shares = others.map((map) => (apart(map) / largest).toExponential(1));
    console.log(`picture ${number}  ${method.padEnd(22)} ${shares.join("  ")}`);
  }
}

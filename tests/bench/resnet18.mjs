// A ResNet-18 of random weights by torchvision's names, as a safetensors file of 47 MB: for figures that ask for its
// sizes alone.
import fs from "node:fs";
import path from "node:path";
import { data } from "./support.mjs";

/** The file, made where it isn't there yet. */
export function resnet18() {
  const file = path.join(data, "resnet18.safetensors");
  fs.mkdirSync(data, { recursive: true });
  if (!fs.existsSync(file)) fs.writeFileSync(file, safetensors(tensors()));
  return file;
}

function tensors() {
  const found = [];
  const norm = (name, channels) => {
    for (const part of ["weight", "bias", "running_mean", "running_var"])
      found.push([`${name}.${part}`, [channels]]);
  };
  const layer = (name, of, shape) => {
    found.push([`${name}.weight`, shape]);
    norm(of, shape[0]);
  };
  layer("conv1", "bn1", [64, 3, 7, 7]);
  let before = 64;
  for (const [stage, channels] of [64, 128, 256, 512].entries()) {
    for (const block of [0, 1]) {
      const name = `layer${stage + 1}.${block}`;
      layer(`${name}.conv1`, `${name}.bn1`, [channels, before, 3, 3]);
      layer(`${name}.conv2`, `${name}.bn2`, [channels, channels, 3, 3]);
      if (before !== channels)
        layer(`${name}.downsample.0`, `${name}.downsample.1`, [channels, before, 1, 1]);
      before = channels;
    }
  }
  found.push(["fc.weight", [1000, 512]], ["fc.bias", [1000]]);
  return found;
}

/** Weights as He and others draw them; a BatchNorm changes little. */
function values(name, shape) {
  const size = shape.reduce((product, side) => product * side, 1);
  const bound = Math.sqrt(6 / (size / shape[0]));
  const middle = shape.length === 1 && /weight|running_var/.test(name) ? 1 : 0;
  return Float32Array.from({ length: size }, () => middle + (shape.length > 1 ? bound : 0.1) * draw());
}

let state = 1;
/** Marsaglia's xorshift (2003), in [−1, 1). */
function draw() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 31 - 1;
}

function safetensors(tensors) {
  const header = {};
  const parts = [];
  let at = 0;
  for (const [name, shape] of tensors) {
    const bytes = new Uint8Array(values(name, shape).buffer);
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    parts.push(bytes);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

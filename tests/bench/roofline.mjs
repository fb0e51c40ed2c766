// The least that a ResNet-50 asks of a GPU, layer by layer: products, bytes, and the time that they take at best.
import fs from "node:fs";

/** A laptop's GPU: floating-point operations a second, and bytes a second. */
export const LAPTOP = { flops: 5e12, bandwidth: 200e9 };

/** The shapes of a safetensors file's tensors, by name. */
export function shapes(file) {
  const opened = fs.openSync(file, "r");
  try {
    const length = Buffer.alloc(8);
    fs.readSync(opened, length, 0, 8, 0);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    fs.readSync(opened, header, 0, header.length, 8);
    const { __metadata__: _, ...tensors } = JSON.parse(header.toString());
    return new Map(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  } finally {
    fs.closeSync(opened);
  }
}

/**
 * A bottleneck ResNet's layers in order, for a picture of `side` × `side`, as `[name, weight, side of the input, stride,
 * has a skip]`. A skip is added to what a block's last convolution writes, and on the way back to what its first one writes.
 */
function* layers(tensors, side) {
  const weight = (name) => tensors.get(`${name}.weight`);
  yield ["conv1", weight("conv1"), side, 2, false];
  let at = side / 4;
  for (let stage = 1; weight(`layer${stage}.0.conv1`); stage++)
    for (let block = 0; weight(`layer${stage}.${block}.conv1`); block++) {
      const name = `layer${stage}.${block}`;
      const stride = stage > 1 && block === 0 ? 2 : 1;
      yield [`${name}.conv1`, weight(`${name}.conv1`), at, 1, true];
      yield [`${name}.conv2`, weight(`${name}.conv2`), at, stride, false];
      const shortcut = weight(`${name}.downsample.0`);
      if (shortcut) yield [`${name}.downsample`, shortcut, at, stride, false];
      at /= stride;
      yield [`${name}.conv3`, weight(`${name}.conv3`), at, 1, true];
    }
  yield ["fc", [...weight("fc"), 1, 1], 1, 1, false];
}

/**
 * Each layer's products, and the bytes that it has to read and write forward and back, all in 32 bits and each value once:
 * weights, input and output; a skip that is added; and on the way back the input's ReLU, by whose mask the result goes.
 */
export function reckon(tensors, side) {
  const found = [];
  for (const [name, [outputs, inputs, kernel], input, stride, skip] of layers(tensors, side)) {
    const output = Math.ceil(input / stride);
    const weights = outputs * inputs * kernel * kernel;
    const [x, y] = [inputs * input * input, outputs * output * output];
    const shape = `${kernel}×${kernel}${stride > 1 ? ` / ${stride}` : ""}, ${inputs} → ${outputs}, ${input} × ${input}`;
    const mask = name === "conv1" ? 0 : x;
    found.push({
      name,
      shape,
      products: weights * output * output,
      forward: 4 * (weights + x + y + (skip && name.endsWith("conv3") ? y : 0)),
      back: 4 * (weights + x + y + mask + (skip && name.endsWith(".conv1") ? x : 0)),
    });
  }
  return found;
}

/** The seconds that a device needs at least for so many products and bytes: what takes longer, computing or memory. */
export const least = (products, bytes, { flops, bandwidth }) =>
  Math.max((2 * products) / flops, bytes / bandwidth);

/** The layers of one shape together: how many they are, and their least time both ways as a share of all. */
export function byShape(reckoned, device) {
  const both = ({ products, forward, back }) =>
    least(products, forward, device) + least(products, back, device);
  const all = reckoned.reduce((sum, layer) => sum + both(layer), 0);
  const shapes = new Map();
  for (const layer of reckoned) shapes.set(layer.shape, [...(shapes.get(layer.shape) ?? []), layer]);
  const together = ([shape, same]) => {
    const seconds = same.reduce((sum, layer) => sum + both(layer), 0);
    const bytes = same.reduce((sum, layer) => sum + layer.forward + layer.back, 0);
    const flop = same.reduce((sum, layer) => sum + 4 * layer.products, 0);
    return { shape, count: same.length, seconds, share: seconds / all, intensity: flop / bytes };
  };
  return [...shapes].map(together).sort((a, b) => b.seconds - a.seconds);
}

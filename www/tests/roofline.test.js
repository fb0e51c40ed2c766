import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { byShape, LAPTOP, least, reckon, shapes } from "../../tests/bench/roofline.mjs";

/** The shapes of ResNet-50's weights, as its paper has them. */
const resnet50 = () => {
  const found = new Map([
    ["conv1.weight", [64, 3, 7, 7]],
    ["fc.weight", [1000, 2048]],
  ]);
  let inputs = 64;
  for (const [at, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 << at;
    for (let block = 0; block < blocks; block++) {
      const name = `layer${at + 1}.${block}`;
      found.set(`${name}.conv1.weight`, [width, inputs, 1, 1]);
      found.set(`${name}.conv2.weight`, [width, width, 3, 3]);
      found.set(`${name}.conv3.weight`, [4 * width, width, 1, 1]);
      if (block === 0) found.set(`${name}.downsample.0.weight`, [4 * width, inputs, 1, 1]);
      inputs = 4 * width;
    }
  }
  return found;
};
const products = (layers) => layers.reduce((sum, layer) => sum + layer.products, 0);

test("ResNet-50 has the products that others count", () => {
  const layers = reckon(resnet50(), 224);
  // 53 convolutions and the linear layer; torchvision and fvcore say 4.09 · 10⁹.
  expect(layers.length).toBe(54);
  expect(products(layers) / 1e9).toBeCloseTo(4.09, 2);
});

test("the bundled network's shapes come from its file", () => {
  const file = fileURLToPath(new URL("../public/models/birds-resnet50.safetensors", import.meta.url));
  expect(products(reckon(shapes(file), 224)) / 1e9).toBeCloseTo(0.28, 2);
});

test("a layer reads and writes each value once", () => {
  const layers = reckon(resnet50(), 224);
  const of = (name) => layers.find((layer) => layer.name === name);
  // 3 · 224² read, 64 · 112² written, 64 · 3 · 7² weights.
  expect(of("conv1")).toMatchObject({
    shape: "7×7 / 2, 3 → 64, 224 × 224",
    products: 9408 * 112 * 112,
    forward: 4 * (150_528 + 802_816 + 9408),
    back: 4 * (150_528 + 802_816 + 9408),
  });
  // 64 → 256 channels at 56 × 56: forward the skip is added; back there is the mask of the input.
  const [x, y, weights] = [64 * 3136, 256 * 3136, 16_384];
  expect(of("layer1.1.conv3")).toMatchObject({
    forward: 4 * (weights + x + 2 * y),
    back: 4 * (weights + 2 * x + y),
  });
  // Back, the first of a block writes 256 channels, with mask and skip.
  expect(of("layer1.1.conv1").back).toBe(4 * (weights + 3 * y + x));
});

test("the least time is that of computing or of memory, whichever takes longer", () => {
  // 2 · 5 · 10¹² operations take two seconds, 200 · 10⁹ bytes one.
  expect(least(5e12, 200e9, LAPTOP)).toBe(2);
  expect(least(5e11, 200e9, LAPTOP)).toBe(1);
});

test("shapes that come several times are summed, the longest first", () => {
  const found = byShape(reckon(resnet50(), 224), LAPTOP);
  expect(found.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(54);
  expect(found.find(({ shape }) => shape === "3×3, 256 → 256, 14 × 14")?.count).toBe(5);
  expect(found.map(({ seconds }) => seconds)).toEqual(
    found.map(({ seconds }) => seconds).sort((a, b) => b - a),
  );
});

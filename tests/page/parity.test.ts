import { files } from "./files.ts";
import { explained } from "./library.ts";
import { expect, test } from "./page.ts";
import { error, reference } from "./reference.ts";

// The library alone, in the browser, against PyTorch in float64. Tolerances: as in
// tests/engine/parity.rs, the project's promise for f32 through sixty layers, and so is the full
// network's epsilon.

const cases = [
  {
    network: "small",
    input: "input",
    weights: files.small,
    side: 64,
    relevance: "relevance_plain_probability",
    target: 4,
    epsilon: 1e-6,
  },
  {
    network: "resnet50",
    input: "input 80",
    weights: files.full,
    side: 224,
    relevance: "relevance",
    target: 568,
    epsilon: 0.01,
  },
];

for (const device of ["cpu", "webgpu"]) {
  for (const { network, input, weights, side, relevance, target, epsilon } of cases) {
    test(`${network} on ${device} equals PyTorch`, async ({ page }) => {
      const [found] = await explained(page, weights, device, [input, side], [{ epsilon }]);
      const file = `${network}.safetensors`;
      const logits = error(found?.logits ?? new Float32Array(), reference(file, "logits"));
      const map = error(found?.relevance ?? new Float32Array(), reference(file, relevance));
      console.log(
        `${network} on ${device}: logits ${logits.toExponential(1)}, relevance ${map.toExponential(1)}`,
      );
      expect([found?.device, found?.target]).toEqual([device, target]);
      expect(logits).toBeLessThan(1e-4);
      expect(map).toBeLessThan(1e-3);
    });
  }
}

import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { error, formulaInput, reference } from "./reference.ts";
import { Server } from "./server.ts";

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
      const server = new Server(weights);
      await server.start();
      try {
        await page.goto(server.page);
        const values = Buffer.from(formulaInput(input, side).buffer).toString("base64");
        const found = await page.evaluate(
          async ([device, side, values, epsilon]) => {
            const decoded = await (await fetch(`data:;base64,${values}`)).arrayBuffer();
            const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
            await library.default();
            const weights = await (await fetch("/weights/network.safetensors")).blob();
            const explainer = await library.Explainer.create(weights, { device });
            const explanation = await explainer.explainTensor(new Float32Array(decoded), side, side, {
              epsilon,
            });
            return {
              device: explainer.info.device as string,
              target: explanation.target as number,
              logits: Array.from(explanation.logits as Float32Array),
              relevance: Array.from(explanation.relevance as Float32Array),
            };
          },
          [device, side, values, epsilon] as const,
        );
        const file = `${network}.safetensors`;
        const logits = error(Float32Array.from(found.logits), reference(file, "logits"));
        const map = error(Float32Array.from(found.relevance), reference(file, relevance));
        console.log(
          `${network} on ${device}: logits ${logits.toExponential(1)}, relevance ${map.toExponential(1)}`,
        );
        expect([found.device, found.target]).toEqual([device, target]);
        expect(logits).toBeLessThan(1e-4);
        expect(map).toBeLessThan(1e-3);
      } finally {
        server.stop();
      }
    });
  }
}

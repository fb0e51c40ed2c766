import { files } from "./files.ts";
import { explained } from "./library.ts";
import { expect, test } from "./page.ts";
import { error, reference } from "./reference.ts";

// Methods by name through the library, in the browser, against zennit and captum; tolerances as in
// tests/engine/methods.rs.

const cases = [
  { method: "lrp-epsilon-plus", tolerance: 1e-4 },
  { method: "lrp-epsilon-gamma-box", tolerance: 1e-4 },
  { method: "input-x-gradient", tolerance: 2e-5 },
  { method: { name: "grad-cam", stage: 3 }, tolerance: 2e-5 },
];

for (const device of ["cpu", "webgpu"]) {
  test(`methods on ${device} equal their references`, async ({ page }) => {
    const options = cases.map(({ method }) => ({ method }));
    const found = await explained(page, files.flipped, device, ["input", 64], options);
    for (const [at, { method, tolerance }] of cases.entries()) {
      const name = typeof method === "string" ? method : `${method.name} ${method.stage}`;
      const off = error(found[at]?.relevance ?? new Float32Array(), reference("methods.safetensors", name));
      console.log(`${name} on ${device}: ${off.toExponential(1)}`);
      expect(off, name).toBeLessThan(device === "cpu" ? tolerance : 1e-4);
    }
  });
}

test("the library lists its methods", async ({ page }) => {
  const methods = await page.evaluate(async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    return library.Explainer.methods as { name: string; meaning: string }[];
  });
  expect(methods[0]?.name).toBe("c3-lrp");
  expect(methods.map(({ name }) => name)).toContain("lrp-epsilon-gamma-box");
});

import { readFileSync } from "node:fs";
import { files, root } from "./files.ts";
import { explained } from "./library.ts";
import { expect, test } from "./page.ts";
import { error, reference, sampled } from "./reference.ts";

// The library alone, in the browser, against the oracles of tests/reference/parity.json, which also has
// the tolerances and their reasons. `./build.sh parity` makes docs/parity.md of what is printed.

interface Case {
  network: keyof typeof networks;
  method: string;
  options?: object;
  /** Of single channels of a layer: each one's relevance, or one's map. */
  concepts?: { layer: string; channel?: number };
  file?: string;
  tensor?: string;
  oracle: string;
  bound: string;
}

const networks = {
  small: files.small,
  signs: files.flipped,
  resnet50: files.full,
  birds: `${root}/www/public/models/birds-resnet50.safetensors`,
  "birds-abn": `${root}/www/public/models/birds-abn.safetensors`,
} as const;
const FIRST_BIRD = { species: "Masked Sunwren", seed: 63 };

const table = JSON.parse(readFileSync(`${root}/tests/reference/parity.json`, "utf8")) as {
  bounds: Record<string, [number, string]>;
  networks: Record<string, { file: string; input?: [string, number] }>;
  cases: Case[];
};

/** A pass through the full network takes a minute on the software adapter, so it has one method there. */
const onGpu: readonly string[] = [
  "small: c3-lrp",
  "signs: c3-lrp-plus",
  "signs: lrp-splitting",
  "signs: lrp-epsilon-plus",
  "signs: lrp-epsilon-gamma-box",
  "signs: input-x-gradient",
  "signs: grad-cam, stage 3",
  "signs: lrp-epsilon-plus, 7 against 3",
  "signs: lrp-epsilon-plus, four rules by stage",
  "signs: lrp-epsilon-plus, channel 110 of layer3.0",
  "birds: c3-lrp",
  "birds: lrp-epsilon-plus",
  "birds: grad-cam",
  "resnet50: c3-lrp, ε 0.01",
];

/** On the CPU each way to multiply and add; on the GPU every kernel that can compute there is forced in turn. */
const devices = [
  { create: { device: "cpu" }, build: "full", with: "" },
  { create: { device: "cpu" }, build: "relaxed", with: ", relaxed-simd" },
  { create: { device: "webgpu", kernels: "burn" }, build: "full", with: ", burn kernels" },
  { create: { device: "webgpu", kernels: "tiled" }, build: "full", with: ", tiled kernels" },
] as const;

for (const { create, build, with: how } of devices) {
  const { device } = create;
  for (const [network, weights] of Object.entries(networks)) {
    const cases = table.cases.filter(
      (one) => one.network === network && (device === "cpu" || onGpu.includes(`${network}: ${one.method}`)),
    );
    if (cases.length === 0) continue;
    test(`${network} on ${device}${how} equals its oracles`, async ({ page }) => {
      const { file, input } = table.networks[network] ?? { file: "" };
      const named = cases.map(({ method, options, concepts }) => ({
        options: { method: method.split(",")[0], ...options },
        concepts,
      }));
      const all = await explained(page, weights, create, input ?? FIRST_BIRD, named, build);
      const where = `Chromium, ${device === "cpu" ? "CPU" : "WebGPU"}${how}`;
      for (const [at, { method, file: own, tensor, oracle, bound }] of cases.entries()) {
        const found = all[at];
        if (!found) throw new Error(`${method} is missing`);
        const expected = reference(own ?? file, tensor ?? method.split(",")[0] ?? "");
        const whole = found.channels ? [found.channels] : [found.relevance, found.map];
        const forms = [...whole, ...whole.map(sampled)];
        const like = forms.find(({ length }) => length === expected.length) ?? new Float32Array();
        const off = error(like, expected);
        const [most] = table.bounds[bound] ?? [0];
        console.log(
          `parity | ${network} | ${method} | ${oracle} | ${most.toExponential()} | ${where} | ${off.toExponential(1)}`,
        );
        expect(found.device).toBe(device);
        expect(off, method).toBeLessThan(most);
        if (network !== "birds-abn") {
          expect(error(found.logits, reference(file, "logits"))).toBeLessThan(1e-4);
        }
      }
    });
  }
}

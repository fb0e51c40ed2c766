// Makes docs/parity.md of the lines that the tests print: `parity | network | method | oracle | bound | device | error`.

import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("../..", import.meta.url);
const { bounds, networks } = JSON.parse(readFileSync(new URL("parity.json", import.meta.url), "utf8"));
const DEVICES = ["native CPU", "native GPU", "Chromium, CPU", "Chromium, WebGPU"];

const printed = readFileSync(0, "utf8");
const lines = [...printed.matchAll(/parity \| (.+)$/gm)].map(([, line]) => line.split(" | "));
if (lines.length === 0) throw new Error("no line of parity came in; pipe the tests' output in");
const adapter = printed.match(/adapter: (.+)$/m)?.[1] ?? "not named";

/** A table of one network's lines. */
function tableOf(network) {
  const rows = new Map();
  for (const [, method, oracle, bound, device, error] of lines.filter(([name]) => name === network)) {
    const row = rows.get(method) ?? { oracle, bound: Number(bound), errors: {} };
    rows.set(method, row);
    // On a GPU there is a line for each kernel that was forced.
    const [where] = DEVICES.filter((name) => device.startsWith(name));
    if (!where) throw new Error(`"${device}" is no device of these: ${DEVICES.join("; ")}`);
    if (!(Number(error) <= Number(row.errors[where]))) row.errors[where] = error;
  }
  const head = `| Method | Oracle | At most | ${DEVICES.join(" | ")} |\n| --- | --- | ---: | ${DEVICES.map(() => "---:").join(" | ")} |`;
  const body = [...rows].map(([method, { oracle, bound, errors }]) => {
    const cells = DEVICES.map((device) => errors[device] ?? "");
    return `| ${method} | ${oracle} | ${bound.toExponential()} | ${cells.join(" | ")} |`;
  });
  return [head, ...body].join("\n");
}

const others = [...new Set(lines.map(([network]) => network))].filter((name) => !(name in networks));
const section = (name, words) =>
  `## ${name}${words ? `\n\n${words[0].toUpperCase()}${words.slice(1)}.` : ""}\n\n${tableOf(name)}\n`;
const sections = [
  ...Object.entries(networks).map(([name, { words }]) => section(name, words)),
  ...others.map((name) =>
    section(name, "A chain with ReLUs between, for captum's LRP, which has no rule for additions"),
  ),
];
const reasons = Object.values(bounds).map(([bound, why]) => `- ${bound.toExponential()}: ${why}.`);
const text = `# Parity

Every method compared with an independent implementation: zennit 0.5.1 (with its ResNet canonizer) for the rules and
composites, captum 0.9.0 for Input×Gradient, Grad-CAM and, on a chain of layers, for its LRP rules, and plain PyTorch
2.15 in float64 for Equation 1, Relevance Splitting, ABN and RISE with the same masks (\`tests/reference/generate.py\`).
Each figure is the largest error anywhere in a map, over all channels if the method gives them, as a share of the map's
largest magnitude. On ResNet-50 and the birds every 13th value is compared.

\`./build.sh parity\` makes this file from what the tests print; \`./build.sh test\` runs them too. The native GPU
was ${adapter}, with the same WGSL as in the browser; Chromium's WebGPU ran on its software adapter. On GPUs each
kernel was forced in turn, and the larger error is given. Empty cells were not run: the full network is slow on a
software adapter.

${sections.join("\n")}
## Why these bounds

${reasons.join("\n")}
- On ResNet-50, c3-lrp and lrp-epsilon are compared at ε = 0.01: at 1e-6 some of its 9 million units are so close to zero that
  no two implementations in f32 agree (PyTorch's own are off by 1e-2 from each other).
- zennit's merged BatchNorms still divide by √(1 + 1e-5); the references set that eps to 0. As released, its maps differ
  by up to 4e-5 of their maximum on the six blocks.
`;
writeFileSync(new URL("docs/parity.md", root), text);
console.log(`docs/parity.md: ${lines.length} figures`);

// What the worker holds at its peak, and whether it holds more and more, on each device.
//
//   EXPLANATIONS=200    explanations, each of another picture, and of another class of it
//   GPU_EXPLANATIONS=3  the same of full ResNet-50 on WebGPU; a software adapter takes half a minute for one
//   GPU=1               take the machine's own adapter, not the software one
//   CHROMIUM=path       another browser
import { figure } from "./figures.mjs";
import { keep } from "./report.mjs";
import { circumstances, fullModel, inWorkers } from "./support.mjs";

const explanations = Number(process.env.EXPLANATIONS ?? 200);
const gpuExplanations = Number(process.env.GPU_EXPLANATIONS ?? (process.env.GPU ? explanations : 3));
fullModel();

const [full, bundled] = ["/data/resnet50.safetensors", "/models/birds-resnet50.safetensors"];
const cases = {
  // With 8 GiB or more, the layouts of the weights for the way back are kept.
  "ResNet-50 on the CPU, 8 GiB": { device: "cpu", model: full, explanations, gibibytes: 8 },
  "ResNet-50 on the CPU, 4 GiB": { device: "cpu", model: full, explanations, gibibytes: 4 },
  "ResNet-50 on WebGPU": { device: "webgpu", model: full, explanations: gpuExplanations },
  "the bundled model on the CPU": { device: "cpu", model: bundled, explanations },
  "the bundled model on WebGPU": { device: "webgpu", model: bundled, explanations },
};
const { answers: results, chromium } = await inWorkers("memory-worker.mjs", cases);

const variables = { EXPLANATIONS: explanations, GPU_EXPLANATIONS: gpuExplanations };
const found = {
  command: `${Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")} ./build.sh bench memory`,
  ...circumstances(),
  chromium,
  adapter: results["ResNet-50 on WebGPU"].adapter,
  results: Object.fromEntries(
    Object.entries(results).map(([name, { after, ...result }]) => {
      // After 50 and after 200, where there are 200.
      const at = Math.max(1, Math.floor(after.length / 4));
      return [
        name,
        { ...result, early: { at, ...after[at - 1] }, late: { at: after.length, ...after.at(-1) } },
      ];
    }),
  ),
};
const sum = ({ heap, gpu, pieces }) => heap + gpu + pieces;
const figures = Object.entries(found.results).flatMap(([name, { weights, phases, late }]) => {
  const peak = Math.max(...phases.map(({ most }) => sum(most)));
  return [
    figure(`${name}: most that is held`, "MB", "less", peak / 1e6),
    figure(`${name}: most that is held / weights`, "ratio", "less", peak / weights),
    figure(`${name}: held after ${late.at} explanations`, "MB", "less", sum(late) / 1e6),
  ];
});
keep("memory", found, figures);

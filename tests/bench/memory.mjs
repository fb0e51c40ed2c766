// What the worker holds at its peak, and whether it holds more and more, on each device.
//
//   EXPLANATIONS=200    explanations, each of another picture, and of another class of it
//   GPU_EXPLANATIONS=3  the same of full ResNet-50 on WebGPU; a software adapter takes half a minute for one
//   GPU=1               take the machine's own adapter, not the software one
//   CHROMIUM=path       another browser
import path from "node:path";
import { figure } from "./figures.mjs";
import { keep } from "./report.mjs";
import { serve } from "./server.mjs";
import { circumstances, data, fullModel, launch, root } from "./support.mjs";

const explanations = Number(process.env.EXPLANATIONS ?? 200);
const gpuExplanations = Number(process.env.GPU_EXPLANATIONS ?? (process.env.GPU ? explanations : 3));
fullModel();

const server = await serve({
  "/pkg/": path.join(root, "pkg"),
  "/data/": data,
  "/models/": path.join(root, "www/public/models"),
  "/bench/": import.meta.dirname,
});
const [full, bundled] = ["/data/resnet50.safetensors", "/models/birds-resnet50.safetensors"];
const cases = {
  "ResNet-50 on the CPU": { device: "cpu", model: full, explanations },
  "ResNet-50 on WebGPU": { device: "webgpu", model: full, explanations: gpuExplanations },
  "the bundled model on the CPU": { device: "cpu", model: bundled, explanations },
  "the bundled model on WebGPU": { device: "webgpu", model: bundled, explanations },
};
const browser = await launch();
const results = {};
for (const [name, what] of Object.entries(cases)) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on("console", (message) => console.log(message.text()));
  await page.goto(server.url);
  results[name] = await page.evaluate(
    (what) =>
      new Promise((done, failed) => {
        const worker = new Worker("/bench/memory-worker.mjs", { type: "module" });
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = (event) => failed(Error(event.message));
        worker.postMessage(what);
      }),
    what,
  );
  await page.close();
}
const version = browser.version();
await browser.close();
server.close();

const variables = { EXPLANATIONS: explanations, GPU_EXPLANATIONS: gpuExplanations };
const found = {
  command: `${Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")} ./build.sh bench memory`,
  ...circumstances(),
  chromium: version,
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

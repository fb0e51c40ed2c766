import path from "node:path";
import { serve } from "./server.mjs";
import { launch, root } from "./support.mjs";
const server = await serve({ "/pkg/": path.join(root, "pkg"), "/models/": path.join(root, "www/public/models") });
const browser = await launch();
const page = await browser.newPage();
const worst = {};
let tag = "";
page.on("console", (m) => {
  const t = m.text();
  const f = t.match(/LEDGER (\S+) (\S+) before (\S+) sum (\S+) taken (\S+) mag (\S+)/);
  if (f) { const off = Number(f[2]); if (!(off <= (worst[tag]?.[0] ?? -1))) worst[tag] = [off, ...f.slice(1)]; }
  else console.log(t);
});
await page.goto(server.url);
const devices = (process.env.DEVICES ?? "cpu,webgpu").split(",");
for (const device of devices) {
  const names = await page.evaluate(async (device) => {
    const lib = await import("/pkg/c3lrp.js");
    await lib.default();
    globalThis.lib = lib;
    const weights = await (await fetch("/models/birds-resnet50.safetensors")).blob();
    globalThis.explainer = await lib.Explainer.create(weights, { device });
    return lib.Explainer.methods.map((m) => m.name);
  }, device);
  const cases = [...names.filter((n) => n !== "rise" && n !== "abn").map((name) => ({ name })),
    { name: "rise", masks: 20 },
    { name: "lrp-epsilon", epsilon: 1e-30 }, { name: "lrp-epsilon", stabilizer: "plain" }, { name: "lrp-epsilon", convolution: "zero" },
    { name: "lrp-epsilon-plus", convolution: "zero", epsilon: 1e-20 }, { name: "c3-lrp", epsilon: 1e-20 }, { name: "c3-lrp", epsilon: 1 },
    { name: "lrp-epsilon", norm: "own" }, { name: "lrp-alpha2-beta1", alpha: 5 }, { name: "lrp-epsilon", start: "logit" }];
  for (const method of cases) {
    tag = device + " " + JSON.stringify(method);
    const out = await page.evaluate(async (method) => {
      const said = [];
      for (const [species, seed] of [["Masked Sunwren", 4711], [lib.species()[3].name, 5]]) {
        const b = lib.drawBird(species, seed);
        try {
          const t = performance.now();
          const r = await explainer.explain(b.rgba, b.side, b.side, { method, fit: "whole" });
          said.push(Math.round(performance.now() - t));
        } catch (e) { said.push(e.name + ": " + e.message); }
      }
      return said;
    }, method);
    console.log(tag, JSON.stringify(out), JSON.stringify(worst[tag]));
  }
  const memory = await page.evaluate(() => explainer.memory());
  console.log(device, JSON.stringify(memory));
}
await browser.close();
server.close();

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { BIRD, block, make, packed } from "./made.ts";
import { foundInNode } from "./maps.ts";

/** The bird's pixels, as they were drawn. */
const PIXELS = `
import { readFileSync } from "node:fs";
const data = readFileSync(${JSON.stringify(`${packed}/bird.rgba`)});
const width = Math.sqrt(data.length / 4);
const height = width;
`;

const node = (folder: string, script: string): string => {
  writeFileSync(`${folder}/main.js`, script);
  return execFileSync("node", ["main.js"], { cwd: folder, encoding: "utf8", timeout: 120_000 });
};

test("the README's lines in Node, which ends by itself", () => {
  const said = node(make("node", {}, "."), block("Node", "js"));
  expect(said).toContain(BIRD.species);
});

test("in Node two workers give what one gives, to the bit", () => {
  const script = `${PIXELS}
    import { createHash } from "node:crypto";
    import { subscribe } from "node:diagnostics_channel";
    import { availableParallelism } from "node:os";
    import { load } from "c3lrp";
    let started = 0;
    subscribe("worker_threads", () => started++);
    const found = [];
    for (const workers of [1, 2]) {
      const explainer = await load("resnet50.safetensors", { workers });
      const targets = [0, 1, 2, 3, 4, 5, 6, 7];
      const all = await Promise.all(targets.map((target) => explainer.explain({ data, width, height }, { target })));
      found.push(all.map(({ map }) => createHash("sha256").update(new Uint8Array(map.buffer)).digest("hex")));
      explainer.close();
    }
    const [one, two] = found;
    const most = Math.min(2, availableParallelism());
    console.log(JSON.stringify({ one, two, further: started - 2 === most - 1 }));`;
  const { one, two, further } = JSON.parse(node(make("node-workers", {}, "."), script));
  expect(new Set(one).size).toBe(8);
  expect(two).toEqual(one);
  expect(further).toBe(true);
});

test("in Node the map of a file, an address and bytes is one; what can't be done says so", async () => {
  const folder = make("node-more", {}, ".");
  const script = `${PIXELS}
    import { pathToFileURL } from "node:url";
    import { createHash } from "node:crypto";
    import { load } from "c3lrp";
    const bytes = new Uint8Array(readFileSync("resnet50.safetensors"));
    const found = [];
    for (const weights of [pathToFileURL("resnet50.safetensors"), new Blob([bytes]), bytes]) {
      const phases = new Set();
        const explainer = await load(weights, { onProgress: ({ phase }) => phases.add(phase) });
        const explanation = await explainer.explain({ data, width, height });
        const map = createHash("sha256").update(new Uint8Array(explanation.map.buffer)).digest("hex");
        const overlay = explanation.overlay();
        const other = await explanation.explain({ target: 3 });
        found.push({ map, phases: phases.size > 1, overlay: [overlay.width, overlay.data.length], other: other.target,
          device: explainer.info.device });
        if (weights === bytes) {
          const failed = async (work) => {
            try { await work(); } catch (error) { return { name: error.name, code: error.code }; }
          };
          found.push(await failed(() => explainer.explain("bird.png")));
          found.push(await failed(() => explanation.over({})));
          found.push(await failed(() => explainer.explain({ data, width, height }, { filter: "c4" })));
          found.push(await failed(() => load("nowhere.safetensors")));
          found.push(await failed(() => explainer.explain({ data, width, height }, { signal: AbortSignal.abort() })));
          const pending = failed(() => explainer.explain({ data, width, height }));
          explainer.close();
          found.push(await pending);
        }
        explainer.close();
    }
    console.log(JSON.stringify(found));`;
  const { map } = await foundInNode();
  const same = { map, phases: true, overlay: [224, 4 * 224 * 224], other: 3, device: "cpu" };
  expect(JSON.parse(node(folder, script))).toEqual([
    same,
    same,
    same,
    { name: "PictureError", code: "picture-node" },
    { name: "PictureError", code: "over-node" },
    expect.objectContaining({ name: "OptionsError" }),
    { name: "DownloadError", code: "weights-unreadable" },
    expect.objectContaining({ name: "AbortError" }),
    expect.objectContaining({ name: "AbortError" }),
  ]);
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pth } from "./checkpoints.ts";
import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

/** A heap grows by whole pages of so many bytes; which file begins the last one depends on the order of small pieces. */
const PAGE = 65_536;

/** ResNet-50's largest tensor, in F32: layer4's 3×3 convolutions. */
const LARGEST = 512 * 512 * 3 * 3 * 4;

/** What stays of ResNet-50 beside the GPU's copy: two filters of each layer in each direction, to check its work with (231,000 numbers). */
const KEPT = 1 << 20;

test("weights pass to the GPU through a heap of twice the largest tensor", async ({ page }) => {
  const server = new Server(files.small);
  try {
    await server.start();
    await page.goto(server.page);
    const load = (file: string): Promise<number> => {
      server.serves = file;
      return page.evaluate(async (url) => {
        const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
        const { memory } = await library.default();
        const weights = await (await fetch(url)).blob();
        await library.Explainer.create(weights, { device: "webgpu" });
        return memory.buffer.byteLength;
      }, server.weights);
    };
    // The small network brings the runtime and its self-test up; what the large one takes beyond it is the weights' own.
    const small = await load(files.small);
    // In a page of its own, so that holes that the small one left don't count.
    await page.reload();
    const full = await load(files.full);
    console.log(`wasm heap: ${small} bytes with a small network, ${full} with ResNet-50`);
    expect(full - small).toBeLessThan(2 * LARGEST + KEPT);
  } finally {
    server.stop();
  }
});

test("a checkpoint takes as little memory as the same network as safetensors", async ({ browser }) => {
  const checkpoint = `${files.full.replace(/safetensors$/, "pth")}`;
  if (!existsSync(checkpoint)) writeFileSync(checkpoint, pth(readFileSync(files.full)));
  const server = new Server(files.full);
  try {
    await server.start();
    const heaps: number[] = [];
    for (const file of [files.full, checkpoint]) {
      server.serves = file;
      const page = await browser.newPage();
      await page.goto(server.page);
      const heap = await page.evaluate(async (url) => {
        const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
        const { memory } = await library.default();
        const weights = await (await fetch(url)).blob();
        const { info } = await library.Explainer.create(weights, { device: "cpu" });
        return [memory.buffer.byteLength as number, info.parameters as number];
      }, server.weights);
      expect(heap[1]).toBe(25_557_032);
      heaps.push(heap[0] ?? 0);
      await page.close();
    }
    console.log(
      `wasm heap with ResNet-50 on the CPU: ${heaps[0]} bytes of safetensors, ${heaps[1]} of a checkpoint`,
    );
    expect(heaps[1]).toBeLessThanOrEqual((heaps[0] ?? 0) + PAGE);
  } finally {
    server.stop();
  }
});

import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

/** ResNet-50's largest tensor, in F32: layer4's 3×3 convolutions. */
const LARGEST = 512 * 512 * 3 * 3 * 4;

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
    // The small network brings the runtime and its self-test up; what is added is the weights' own.
    const before = await load(files.small);
    const after = await load(files.full);
    console.log(`wasm heap: ${before} bytes before ResNet-50's weights, ${after} after`);
    expect(after - before).toBeLessThan(2 * LARGEST);
  } finally {
    server.stop();
  }
});

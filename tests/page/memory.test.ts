import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

/** ResNet-50's largest tensor, in F32: layer4's 3×3 convolutions. */
const LARGEST = 512 * 512 * 3 * 3 * 4;

test("weights pass to the GPU through a heap of twice the largest tensor", async ({ page }) => {
  const servers = [new Server(files.small), new Server(files.full)];
  try {
    for (const server of servers) await server.start();
    const [small, full] = servers.map((server) => server.weights);
    await page.goto(servers[0]?.page ?? "");
    const [before, after] = await page.evaluate(
      async ([small, full]) => {
        const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
        const { memory } = await library.default();
        const load = async (url: string): Promise<number> => {
          const weights = await (await fetch(url)).blob();
          await library.Explainer.create(weights, { device: "webgpu" });
          return memory.buffer.byteLength;
        };
        // The small network brings the runtime and its self-test up; what is added is the weights' own.
        return [await load(small), await load(full)];
      },
      [small ?? "", full ?? ""] as const,
    );
    console.log(`wasm heap: ${before} bytes before ResNet-50's weights, ${after} after`);
    expect(after - before).toBeLessThan(2 * LARGEST);
  } finally {
    for (const server of servers) server.stop();
  }
});

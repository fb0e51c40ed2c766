import { root } from "./files.ts";
import { expect, bare as test } from "./page.ts";

/**
 * The SHA-256 of each map of the page's first bird, by every method that asks for no random masks and no
 * attention branch. It runs in pages and in Node alike.
 */
async function maps([script = "", wasm = "", weights = ""]: readonly string[]): Promise<
  Record<string, string>
> {
  const library = await import(script);
  await library.default({ module_or_path: wasm });
  const network = await (await fetch(weights)).blob();
  const explainer = await library.Explainer.create(network, { device: "cpu" });
  const bird = library.drawBird("Masked Sunwren", 63);
  const found: Record<string, string> = {};
  for (const { name: method } of library.Explainer.methods as { name: string }[]) {
    if (method === "rise" || method === "abn") continue;
    const { map } = await explainer.explain(bird.rgba, bird.side, bird.side, { fit: "whole", method });
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", map as Float32Array<ArrayBuffer>));
    found[method] = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return found;
}

test("twelve methods' maps have the same bits in every engine", async ({ page, server }) => {
  await page.goto(server.page);
  const [wasm, weights] = ["pkg/c3lrp_bg.wasm", "models/birds-resnet50.safetensors"].map(
    (path) => server.page + path,
  ) as [string, string];
  const found = await page.evaluate(maps, [`${server.page}pkg/c3lrp.js`, wasm, weights]);
  // Node is the engine that is there whatever the browser: each browser has the bits that it has.
  const expected = await maps([`${root}/pkg/c3lrp.js`, wasm, weights]);
  expect(Object.keys(expected)).toHaveLength(12);
  expect(new Set(Object.values(expected)).size, "each method has a map of its own").toBe(12);
  expect(found).toEqual(expected);
});

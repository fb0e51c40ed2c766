import type { Page } from "@playwright/test";
import { formulaInput } from "./reference.ts";
import { Server } from "./server.ts";

/** What came of a tensor that the library alone explained, in the browser. */
interface Found {
  device: string;
  target: number;
  logits: Float32Array;
  relevance: Float32Array;
}

/** Explains the formula-made input `name`, [3, side, side], once for each of the options. */
export async function explained(
  page: Page,
  weights: string,
  device: string,
  [name, side]: readonly [string, number],
  options: readonly object[],
): Promise<Found[]> {
  const server = new Server(weights);
  await server.start();
  try {
    await page.goto(server.page);
    const values = Buffer.from(formulaInput(name, side).buffer).toString("base64");
    const all = await page.evaluate(
      async ([device, side, values, options]) => {
        const decoded = await (await fetch(`data:;base64,${values}`)).arrayBuffer();
        const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
        await library.default();
        const weights = await (await fetch("/weights/network.safetensors")).blob();
        const explainer = await library.Explainer.create(weights, { device });
        const all = [];
        for (const wanted of options) {
          const found = await explainer.explainTensor(new Float32Array(decoded), side, side, wanted);
          all.push({
            device: explainer.info.device as string,
            target: found.target as number,
            logits: Array.from(found.logits as Float32Array),
            relevance: Array.from(found.relevance as Float32Array),
          });
        }
        return all;
      },
      [device, side, values, options] as const,
    );
    return all.map((found) => ({
      ...found,
      logits: Float32Array.from(found.logits),
      relevance: Float32Array.from(found.relevance),
    }));
  } finally {
    server.stop();
  }
}

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { root } from "./files.ts";
import { expect } from "./page.ts";

/** Where the page keeps the kernels that it measured. */
const KEY = "c3lrp-kernels";

/** The edition of the measurements, by the library's source: those of another one are not used. */
const EDITION = Number(
  /const EDITION: u32 = (\d+);/.exec(readFileSync(`${root}/src/kernel/timings.rs`, "utf8"))?.[1],
);

/** How a layer's kernel was chosen, as the page keeps it. */
export interface Layer {
  direction: string;
  geometry: { kernel: number };
  chosen: string;
  milliseconds: [string, number][];
  cpu: number;
  dropped: [string, string][];
}

/** The bottleneck networks that setup.ts makes. */
export const SHAPES = {
  small: { depths: [1, 1, 1, 1], width: 8, classes: 10 },
  middle: { depths: [2, 2, 2, 2], width: 24, classes: 10 },
} as const;

/** What the page keeps of the kernels that it measured. */
export const kept = (page: Page): Promise<Layer[]> =>
  page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "[]")[0].layers, KEY);

/** A page that has measured this network's kernels on an earlier visit, and found this one the fastest for every layer. */
export async function remember(
  page: Page,
  chosen: "burn" | "tiled",
  network: keyof typeof SHAPES,
  but: (layer: Layer) => boolean = () => false,
): Promise<void> {
  const layers = layersOf(network, chosen).filter((layer) => !but(layer));
  const stored = JSON.stringify([{ edition: EDITION, adapter: "google swiftshader", layers }]);
  await page.evaluate(([key, stored]) => localStorage.setItem(key, stored), [KEY, stored] as const);
}

/** That the page took what it remembered of these layers, and measured none of them again. */
export async function remembered(page: Page, chosen: "burn" | "tiled", network: keyof typeof SHAPES) {
  expect(await kept(page), "a list for another adapter, or of other layers, is measured anew").toEqual(
    layersOf(network, chosen),
  );
}

/** Each distinct shape of a convolution forward and back, for a picture of 224×224; the linear layer is one as well. */
function layersOf(network: keyof typeof SHAPES, chosen: string): Layer[] {
  const { depths, width, classes } = SHAPES[network];
  const layers = new Map<string, Layer>();
  const add = (inputs: number, outputs: number, kernel: number, stride: number, side: number): void => {
    const geometry = {
      batch: 1,
      inputs,
      outputs,
      groups: 1,
      kernel,
      stride,
      padding: Math.floor(kernel / 2),
      input: [side, side],
      output: [side / stride, side / stride],
    };
    for (const direction of ["forward", "vjp"])
      layers.set(JSON.stringify([direction, geometry]), {
        direction,
        geometry,
        chosen,
        milliseconds: [[chosen, 1]],
        cpu: 1,
        dropped: [],
      });
  };
  add(3, width, 7, 2, 224);
  let [before, side] = [width as number, 56];
  for (const [stage, depth] of depths.entries()) {
    const own = width << stage;
    for (let block = 0; block < depth; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      add(before, own, 1, 1, side);
      add(own, own, 3, stride, side);
      if (block === 0) add(before, 4 * own, 1, stride, side);
      side /= stride;
      add(own, 4 * own, 1, 1, side);
      before = 4 * own;
    }
  }
  add(before, classes, 1, 1, 1);
  return [...layers.values()];
}

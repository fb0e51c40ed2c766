import type { Page } from "@playwright/test";
import { root } from "./files.ts";
import { explained } from "./library.ts";
import { bare, canvasBytes, classes, expect, open, test } from "./page.ts";
import type { Server } from "./server.ts";

// The page opens with the light library for engines with relaxed-simd, where there is that, or else with the plain one.

/** Which light libraries the page has fetched: the workers' scripts and the wasms. */
const fetched = ({ requests }: Server): string[] =>
  requests
    .flatMap(({ path }) => path.match(/\/assets\/(light(?:-relaxed)?(?:_bg)?)-[^/]*$/)?.[1] ?? [])
    .sort();

/** Whether the engine takes the wasm with relaxed-simd. */
const isTaken = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await import(new URL("/light/here.js", location.href).href)).isRelaxed);

/** The map's pixels. */
const colours = (page: Page): Promise<number[]> => canvasBytes(page.locator("#map"));

const largest = (values: Iterable<number>): number => {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
};

test("the page opens with the library that the engine takes", async ({ page, server }) => {
  const name = (await isTaken(page)) ? "light-relaxed" : "light";
  expect(fetched(server)).toEqual([name, `${name}_bg`]);
});

bare(
  "an engine without relaxed-simd gets the plain library, and the same map @init-scripts",
  async ({ page, server }) => {
    await open(page, server.page);
    const [map, said] = [await colours(page), await classes(page)];
    // Refuses every module with the instruction, as an older engine does.
    await page.addInitScript(() => {
      const { validate } = WebAssembly;
      const has = (bytes: Uint8Array) => bytes.some((byte, at) => byte === 0xfd && bytes[at + 1] === 0x85);
      WebAssembly.validate = (bytes) => !has(new Uint8Array(bytes as ArrayBuffer)) && validate(bytes);
    });
    server.requests.length = 0;
    await open(page, server.page);
    expect(fetched(server)).toEqual(["light", "light_bg"]);
    expect(await classes(page)).toEqual(said);
    const plain = await colours(page);
    expect(plain.length).toBe(map.length);
    expect(largest(plain.map((value, at) => value - (map[at] ?? 0)))).toBeLessThanOrEqual(2);
  },
);

test("both libraries give the same maps", async ({ page }) => {
  test.skip(!(await isTaken(page)), "this engine has no relaxed-simd");
  const weights = `${root}/www/public/models/birds-resnet50.safetensors`;
  const bird = { species: "Masked Sunwren", seed: 63 };
  const asked = ["c3-lrp", "lrp-epsilon-gamma-box", "lrp-epsilon-plus"].map((method) => ({
    options: { method },
  }));
  const plain = await explained(page, weights, { device: "cpu" }, bird, asked, "light");
  const relaxed = await explained(page, weights, { device: "cpu" }, bird, asked, "relaxed");
  let differ = 0;
  for (const [at, { map, target }] of plain.entries()) {
    const other = relaxed[at];
    const off = map.map((value, place) => value - (other?.map[place] ?? 0));
    expect(other?.target).toBe(target);
    expect(largest(off), asked[at]?.options.method).toBeLessThan(1e-3 * largest(map));
    differ += off.filter((value) => value !== 0).length;
  }
  expect(differ, "they round differently, or they are one library").toBeGreaterThan(0);
});

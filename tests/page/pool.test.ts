import type { Page } from "@playwright/test";
import { bare, canvasHash, expect, OPENING, open } from "./page.ts";

/** Has the browser say that its machine has so many cores. */
const cores = (page: Page, count: number): Promise<unknown> =>
  page.addInitScript((count) => {
    Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => count });
  }, count);

interface Found {
  /** What tells maps and curves apart, in the order in which they were asked for. */
  readonly hashes: string[];
  readonly started: number;
  /** How many calls each worker was given. */
  readonly asked: number[];
}

/** Asks about four birds at once: two maps and one map's curves of each. */
const found = (page: Page, workers: number): Promise<Found> =>
  page.evaluate(async (workers) => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    const { load } = await import(new URL("/pkg/dist/load.js", location.href).href);
    await library.default();
    const asked: number[] = [];
    const worker = (): Worker => {
      const started = new Worker("/pkg/dist/worker.js", { type: "module" });
      const at = asked.push(0) - 1;
      const post = started.postMessage.bind(started);
      started.postMessage = (call: { kind: string }, moved?: unknown) => {
        if (["explain", "judge", "score"].includes(call.kind)) asked[at] = (asked[at] ?? 0) + 1;
        post(call, moved as Transferable[]);
      };
      return started;
    };
    const weights = new URL("/models/birds-resnet50.safetensors", location.href);
    const explainer = await load(weights, { device: "cpu", cache: false, workers, worker });
    const hash = async (values: Float32Array<ArrayBuffer>): Promise<string> =>
      Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", values)), (byte) =>
        byte.toString(16).padStart(2, "0"),
      ).join("");
    const each = async (seed: number): Promise<string[]> => {
      const { rgba: data, side } = library.drawBird("Masked Sunwren", seed);
      const picture = { data, width: side, height: side };
      const of = (method: object) => explainer.explain(picture, { fit: "whole", method });
      const [one, other] = await Promise.all([of({ name: "c3-lrp" }), of({ name: "rise", masks: 60 })]);
      const { insertion, deletion } = await one.faithfulness({ points: 6 });
      const values = [one.map, one.filtered, other.map, insertion.probabilities, deletion.probabilities];
      return await Promise.all(values.map(hash));
    };
    const hashes = (await Promise.all([63, 64, 65, 66].map(each))).flat();
    explainer.close();
    return { hashes, started: asked.length, asked };
  }, workers);

bare(
  "two workers give what one gives, to the bit, and fetch nothing twice @init-scripts",
  async ({ page, server, browserName }) => {
    await cores(page, 2);
    await open(page, server.page);
    const one = await found(page, 1);
    expect(one.started).toBe(1);
    expect(new Set(one.hashes).size).toBe(one.hashes.length);
    const before = server.requests.length;
    const two = await found(page, 2);
    expect(two.hashes).toEqual(one.hashes);
    expect(two.started).toBe(2);
    // Both had their part in it.
    expect(Math.min(...two.asked)).toBeGreaterThan(1);
    const fetched = server.requests.slice(before).map(({ path }) => path);
    expect(fetched.filter((path) => path.endsWith(".safetensors")).length).toBe(1);
    // The further worker takes what the first one compiled.
    if (browserName === "chromium")
      expect(fetched.filter((path) => path.endsWith(".wasm")).length).toBeLessThan(2);
  },
);

const four = ["c3-lrp", OPENING.method, "input-x-gradient", "grad-cam"];

/** The maps of the four methods that the page compares, and the curves' scores of two of them. */
async function compared(page: Page, url: string): Promise<{ maps: string[]; scores: string[] }> {
  await open(page, url);
  await page.locator("#compare-open").click();
  const maps: string[] = [];
  for (const name of four) {
    const card = `.method[data-method="${name}"]`;
    await expect(page.locator(card)).toHaveAttribute("data-state", "done");
    maps.push(await canvasHash(page, `${card} .map`));
  }
  for (const name of four.slice(2)) await page.locator(`#picks input[value="${name}"]`).uncheck();
  await page.locator("#judge-open").click();
  const scores = page.locator("#scores tbody td:not(.pointing) > span:first-child");
  await expect(scores.filter({ hasText: /^[−+]?\d\.\d{3}$/ })).toHaveCount(3 * 2);
  return { maps, scores: await scores.allTextContents() };
}

bare(
  "the page's cards and curves are the same with two workers @init-scripts @workers",
  async ({ context, server }) => {
    bare.slow();
    const results = [];
    for (const count of [1, 2]) {
      const page = await context.newPage();
      await cores(page, count);
      const result = await compared(page, server.page);
      expect(page.workers().length).toBe(count);
      results.push(result);
      await page.close();
    }
    expect(results[1]).toEqual(results[0]);
  },
);

import type { Page } from "@playwright/test";
import { files } from "./files.ts";
import { expect, bare as test } from "./page.ts";
import { Server } from "./server.ts";

/** What `explain` gives, as far as these tests ask it. */
interface Handle {
  faithfulness(map: Float32Array, options: object): Promise<{ insertion: { probabilities: Float32Array } }>;
  film(map: Float32Array, options: object): Uint8ClampedArray[];
}

/** Runs something with the library and a small network on a page of the test's server. */
async function withLibrary<T>(page: Page, body: () => Promise<T>): Promise<T> {
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    return await page.evaluate(body);
  } finally {
    server.stop();
  }
}

test("a map is measured on its own picture, whatever was explained since", async ({ page }) => {
  const found = await withLibrary(page, async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const weights = await (await fetch("/weights/own.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    // Large enough that a forward pass takes some milliseconds, since a browser's clock may count whole ones.
    const side = 192;
    const picture = (seed: number): Float32Array =>
      Float32Array.from({ length: 3 * side * side }, (_, at) => Math.sin(at * seed));
    const explain = async (seed: number) => await explainer.explainTensor(picture(seed), side, side, {});
    const plan = { points: 5 };
    const curve = async (of: Handle, map: Float32Array): Promise<number[]> =>
      Array.from((await of.faithfulness(map, { ...plan, target: 1 })).insertion.probabilities);
    const one = await explain(0.11);
    const alone = await curve(one, one.filtered);
    const film = (of: Handle): string =>
      of
        .film(one.filtered, { ...plan, direction: "deletion" })
        .map(String)
        .join();
    const filmed = film(one);
    const two = await explain(0.23);
    const result = {
      alone,
      after: await curve(one, one.filtered),
      other: await curve(two, one.filtered),
      sameFilm: film(one) === filmed,
      otherFilm: film(two) === filmed,
      again: (await one.explain({ target: 3 })).target,
      forward: [
        (await two.explain({})).milliseconds.forward > 0,
        (await two.explain({})).milliseconds.forward,
      ],
    };
    one.free();
    return result;
  });
  expect(found.after).toEqual(found.alone);
  expect(found.other).not.toEqual(found.alone);
  expect([found.sameFilm, found.otherFilm, found.again]).toEqual([true, false, 3]);
  // One pass is kept at the most: the other picture's had given way.
  expect(found.forward).toEqual([true, 0]);
});

test("an option that can't be taken is named; undefined alone is absent @once", async ({ page }) => {
  const found = await withLibrary(page, async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const weights = await (await fetch("/weights/own.safetensors")).blob();
    const told = async (work: () => unknown): Promise<string> => {
      try {
        await work();
        return "done";
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      }
    };
    const explainer = await library.Explainer.create(weights, { device: undefined, output: undefined });
    const input = Float32Array.from({ length: 3 * 64 * 64 }, (_, at) => Math.sin(at));
    const explained = await explainer.explainTensor(input, 64, 64, {});
    const map = explained.map;
    const explain = (options: unknown) => told(() => explained.explain(options));
    return {
      absent: await explain({
        target: undefined,
        epsilon: undefined,
        method: { name: "c3-lrp", epsilon: undefined },
      }),
      texts: [
        await explain({ target: Number.NaN }),
        await explain({ epsilon: Number.POSITIVE_INFINITY }),
        await explain({ method: { name: "lrp-epsilon-gamma-box", gamma: Number.NaN } }),
        await explain({ target: "cat" }),
        await explain({ target: null }),
        await explain({ epsilon: () => 1 }),
        await explain({ filter: { kind: "c3", threshold: { fraction: Number.NaN } } }),
        await explain({ colour: "red" }),
        await explain(7),
        await told(() => explained.faithfulness(map, { target: Number.NaN })),
        await told(() => explained.faithfulness(map, {})),
        await told(() => explained.faithfulness(map, { target: 1, tie: "stable" })),
        await told(() => explained.film(map, { direction: "up" })),
        await told(() => explained.shown(map, { direction: "insertion", point: 1.5 })),
        await told(() => library.Explainer.create(weights, { device: "abacus" })),
        await told(() => library.Explainer.create(weights, { devices: "cpu" })),
        await told(() => library.filterMap(map, 64, 64, { kind: "none", size: 3 })),
      ],
    };
  });
  expect(found.absent).toBe("done");
  const words = [
    "target is NaN; a whole number of 0 or more was expected",
    "epsilon is Infinity; a number above 0",
    "gamma is NaN; a number of 0 or more",
    'target is "cat"; a whole number of 0 or more was expected',
    "target is null",
    "epsilon is a function",
    'threshold is {"fraction":',
    "there is no option colour; there are target",
    "the options are 7; an object was expected",
    "target is NaN",
    "target is missing",
    "faithfulness has no option tie; it takes ties",
    'direction is "up"; "insertion" or "deletion" was expected',
    "point is 1.5",
    'device is "abacus"; "auto" or "webgpu" or "cpu" was expected',
    "there is no option devices",
    "the filter none has no option size; it takes none",
  ];
  for (const [at, text] of found.texts.entries()) {
    expect(text).toMatch(/^OptionsError: This option can't be used: /);
    expect(text).toContain(words[at]);
  }
});

test("a panic is an error for every call, and nothing is computed after it", async ({ page }) => {
  const found = await withLibrary(page, async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const weights = await (await fetch("/weights/own.safetensors")).blob();
    const explainer = await library.Explainer.create(weights, { device: "cpu" });
    const input = Float32Array.from({ length: 3 * 64 * 64 }, (_, at) => Math.sin(at));
    const told = async (work: () => Promise<unknown>): Promise<string> => {
      try {
        await work();
        return "done";
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      }
    };
    const explain = () => told(() => explainer.explainTensor(input, 64, 64, {}));
    // Without a clock there is nothing that the engine can go on with.
    const { performance } = globalThis;
    const clock = (value: unknown) =>
      Object.defineProperty(globalThis, "performance", { value, configurable: true });
    clock(undefined);
    const during = await Promise.all([explain(), explain()]);
    clock(performance);
    const after = await explain();
    const rest = [
      await told(() => explainer.logits(input, 64, 64)),
      await told(async () => library.filterMap(new Float32Array(4), 2, 2, "c3")),
      await told(() => library.Explainer.create(weights, { device: "cpu" })),
    ];
    return { during, after, rest };
  });
  for (const text of [...found.during, found.after, ...found.rest]) {
    expect(text).toMatch(
      /^EngineError: The engine failed and can't go on; load the network again. It said: /,
    );
  }
});

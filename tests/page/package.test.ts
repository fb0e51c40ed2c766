import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { files, root } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

test("the npm package works in a page of one's own @routes", async ({ page }) => {
  const folder = `${root}/target/page-tests/package`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: `${root}/pkg`,
  });
  execFileSync("tar", ["xzf", packed.toString().trim().split("\n").at(-1) ?? ""], { cwd: folder });

  const server = new Server(files.small);
  await server.start();
  try {
    await page.route("**/vendor/c3lrp/*", (route) => {
      const file = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
      const contentType = file.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      return route.fulfill({ body: readFileSync(`${folder}/package/${file}`), contentType });
    });
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const {
        default: init,
        Explainer,
        heatmap,
      } = await import(new URL("/vendor/c3lrp/c3lrp.js", location.href).href);
      await init();
      const weights = new Uint8Array(await (await fetch("/weights/own.safetensors")).arrayBuffer());
      const told: string[] = [];
      const onProgress = (done: number, total: number, what: string): number =>
        told.push(`${what} ${done}/${total}`);
      const explainer = await Explainer.create(weights, { device: "cpu", onProgress });
      const rgba = new Uint8ClampedArray(300 * 200 * 4).map((_, at) => (at % 4 === 3 ? 255 : (at * 7) % 256));
      const explain = async (options: object): Promise<string> =>
        await explainer.explain(rgba, 300, 200, options).then(
          () => "explained",
          ({ name, message }: Error) => `${name}: ${message}`,
        );
      const explanation = await explainer.explain(rgba, 300, 200, {
        filter: { kind: "c3", threshold: "otsu" },
      });
      const errors = [
        await explain({ target: 10 }),
        await explain({ target: -1 }),
        await explain({ filter: "c4" }),
        await explain({ colour: "red" }),
        await explain({ onProgress: "loudly" }),
        await Explainer.create(new Blob(["no weights"]), { device: "cpu" }).catch(
          (error: Error) => error.name,
        ),
        await Explainer.create(weights, { device: "abacus" }).catch((error: Error) => error.name),
      ];
      // Calls that overlap wait for each other.
      const both = await Promise.all([explain({ target: 1 }), explain({ target: 2 })]);
      const pixels = heatmap(explanation.filtered, "overlay").length;
      explainer.free();
      const { crop, relevance, map, filtered, mask, logits, width, height, fallback } = explanation;
      const sizes = [relevance, map, filtered, mask, logits].map((array: ArrayLike<number>) => array.length);
      return {
        crop,
        sizes,
        width,
        height,
        fallback: typeof fallback,
        errors,
        both,
        pixels,
        told: told.length,
      };
    });
    expect(found.crop.height).toBeCloseTo((224 / 256) * 200, 6);
    expect(found.sizes).toEqual([3 * 224 * 224, 224 * 224, 224 * 224, 224 * 224, 10]);
    expect([found.width, found.height, found.fallback, found.pixels]).toEqual([
      224,
      224,
      "boolean",
      4 * 224 * 224,
    ]);
    expect(found.errors.slice(0, 5).map((error) => error.split(":")[0])).toEqual(
      Array(5).fill("OptionsError"),
    );
    expect(found.errors[0]).toContain("0 to 9");
    expect(found.errors[3]).toContain("colour");
    expect(found.errors.slice(5)).toEqual(["WeightsError", "OptionsError"]);
    expect(found.both).toEqual(["explained", "explained"]);
    expect(found.told).toBeGreaterThan(3);
  } finally {
    server.stop();
  }
});

test("the library lists its methods, predicts batches, and is called off", async ({ page }) => {
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
      await library.default();
      const weights = await (await fetch("/weights/own.safetensors")).blob();
      const explainer = await library.Explainer.create(weights, { device: "cpu" });
      const [side, size] = [64, 3 * 64 * 64];
      const pair = Float32Array.from({ length: 2 * size }, (_, at) => Math.sin(at / 7));
      const both: Float32Array = await explainer.logits(pair, side, side);
      const second = await explainer.explainTensor(pair.slice(size), side, side, {});
      const two = await explainer.logits(pair.slice(1), side, side).catch((error: Error) => error.message);

      const controller = new AbortController();
      const told: string[] = [];
      const rise = {
        method: { name: "rise", masks: 100_000 },
        signal: controller.signal,
        // A click comes as such an event, between masks.
        onProgress: (_: number, __: number, what: string): void => {
          if (what === "masks" && told.push(what) === 3) setTimeout(() => controller.abort("enough"));
        },
      };
      const run = (options: object): Promise<unknown> =>
        explainer.explainTensor(pair.slice(size), side, side, options).catch((error: unknown) => error);
      const called = await run(rise);
      const again = (await run({})) as { relevance: Float32Array };
      return {
        methods: library.Explainer.methods as { name: string }[],
        both: Array.from(both),
        second: Array.from(second.logits as Float32Array),
        two,
        called,
        before: await run(rise),
        wrong: ((await run({ signal: "stop" })) as Error).message,
        same: again.relevance.every((value, at) => value === second.relevance[at]),
      };
    });
    expect(found.methods[0]?.name).toBe("c3-lrp");
    expect(found.methods.map(({ name }) => name)).toContain("lrp-epsilon-gamma-box");
    expect(found.both.length).toBe(20);
    // One picture or two at a time: sums may come in another order.
    for (const [at, logit] of found.second.entries()) expect(found.both[10 + at]).toBeCloseTo(logit, 5);
    expect(found.two).toContain("for each picture");
    expect([found.called, found.before]).toEqual(["enough", "enough"]);
    expect(found.wrong).toContain("signal must be an AbortSignal");
    expect(found.same).toBe(true);
  } finally {
    server.stop();
  }
});

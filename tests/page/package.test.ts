import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { files, root } from "./files.ts";
import { bare, expect, test } from "./page.ts";
import { Server } from "./server.ts";

/** The package as npm would install it, at /packed/NAME/package/. */
function pack(name: string): void {
  const folder = `${root}/target/page-tests/packed/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: `${root}/pkg`,
  });
  execFileSync("tar", ["xzf", packed.toString().trim().split("\n").at(-1) ?? ""], { cwd: folder });
}

test("a picture with its overlay on a page of one's own", async ({ page }) => {
  pack("load");
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const { load } = await import(new URL("/packed/load/package/dist/load.js", location.href).href);
      const phases: string[] = [];
      const explainer = await load("/weights/own.safetensors", {
        device: "cpu",
        onProgress: ({ phase }: { phase: string }) => phases.push(phase),
      });

      // A picture of one's own making, in a box of another shape.
      const drawn = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
      const context = drawn.getContext("2d");
      context?.fillRect(0, 0, 300, 200);
      if (context) context.fillStyle = "orange";
      context?.fillRect(90, 40, 80, 120);
      const file = await new Promise<Blob | null>((done) => drawn.toBlob(done));
      const address = URL.createObjectURL(file ?? new Blob());
      const image = Object.assign(document.createElement("img"), { src: address });
      Object.assign(image.style, { width: "240px", height: "240px", objectFit: "cover", padding: "7px" });
      Object.assign(image.style, { boxSizing: "content-box", maxWidth: "none" });
      document.body.replaceChildren(image);

      const explanation = await explainer.explain(image, { filter: "none" });
      const shape: ImageData = explanation.overlay();
      const alpha = (x: number, y: number): number => shape.data[4 * (y * 300 + x) + 3] ?? 0;
      const columns = (from: number, to: number): boolean =>
        Array.from({ length: 200 * (to - from) }, (_, at) =>
          alpha(from + (at % (to - from)), Math.floor(at / (to - from))),
        ).some((value) => value > 0);
      const { crop } = explanation;

      const overlay = explanation.over(image);
      const frames = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
      const rects = () =>
        [image, overlay.canvas].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height].map(Math.round);
        });
      await frames();
      const first = rects();
      image.style.width = "120px";
      document.body.style.paddingTop = "30px";
      await frames();
      const resized = rects();
      const other = await explanation.explain({ target: 3 });
      const block = other.boundaries.find(({ name }: { name: string }) => name.startsWith("layer"))?.name;
      const [filtered, concepts, curves] = [
        await other.refilter("none"),
        await other.concepts(block, { top: 2 }),
        await other.faithfulness({ points: 5 }),
      ];
      image.src = "/icon-that-is-not-there.png";
      await frames();
      const left = overlay.canvas.isConnected;

      const pending = explainer.explain(drawn).catch((error: Error) => error.name);
      explainer.close();
      const late = await explainer.explain(drawn).catch((error: { code: string }) => error.code);
      return {
        phases: [...new Set(phases)],
        classes: explainer.info.classes as number,
        shape: [shape.width, shape.height],
        crop: [crop.x, crop.y, crop.width, crop.height] as number[],
        inside: columns(Math.ceil(crop.x), Math.floor(crop.x + crop.width)),
        outside: columns(0, Math.floor(crop.x) - 1),
        first,
        resized,
        left,
        targets: [other.target, filtered.target] as number[],
        channels: concepts.length as number,
        points: curves.insertion.shares.length as number,
        pending: await pending,
        late,
      };
    });
    expect(found.phases[0]).toBe("downloading");
    expect(found.classes).toBe(10);
    expect(found.shape).toEqual([300, 200]);
    // 224 of 256 of the shorter side.
    for (const [at, value] of [62.5, 12.5, 175, 175].entries()) expect(found.crop[at]).toBeCloseTo(value, 3);
    expect([found.inside, found.outside]).toEqual([true, false]);
    const [image = [], canvas = []] = found.first;
    expect(canvas).toEqual([(image[0] ?? 0) + 7, (image[1] ?? 0) + 7, 240, 240]);
    const [narrow = [], followed = []] = found.resized;
    expect(followed).toEqual([(narrow[0] ?? 0) + 7, (narrow[1] ?? 0) + 7, 120, 240]);
    expect(found.left).toBe(false);
    expect(found.targets).toEqual([3, 3]);
    expect([found.channels, found.points]).toEqual([2, 5]);
    expect([found.pending, found.late]).toEqual(["AbortError", "closed"]);
  } finally {
    server.stop();
  }
});

bare("a picture from elsewhere is refused with the remedy @routes", async ({ page }) => {
  const [server, other] = [new Server(files.small), new Server(files.small)];
  await server.start();
  await other.start();
  try {
    // Without the page's policy, which lets no such picture in.
    await page.route(`${server.page}bare.html`, (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><title>bare</title>" }),
    );
    await page.route(`${other.page}cat.svg`, (route) =>
      route.fulfill({
        contentType: "image/svg+xml",
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle r="40" fill="red"/></svg>',
      }),
    );
    await page.goto(`${server.page}bare.html`);
    const error = await page.evaluate(async (address) => {
      const { load } = await import(new URL("/pkg/dist/load.js", location.href).href);
      const explainer = await load("/weights/own.safetensors", { device: "cpu" });
      const image = Object.assign(document.createElement("img"), { src: address });
      const { name, code, message } = await explainer
        .explain(image)
        .catch((error: { name: string; code: string; message: string }) => error);
      explainer.close();
      return { name, code, message };
    }, `${other.page}cat.svg`);
    expect(error).toMatchObject({ name: "PictureError", code: "picture-tainted" });
    expect(error.message).toContain('crossorigin="anonymous"');
  } finally {
    server.stop();
    other.stop();
  }
});

test("the library of the npm package works in a page of one's own", async ({ page }) => {
  pack("engine");
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const {
        default: init,
        Explainer,
        heatmap,
      } = await import(new URL("/packed/engine/package/c3lrp.js", location.href).href);
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

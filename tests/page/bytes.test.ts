import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

test("the library parses lists of labels in every form, and refuses others @once", async ({ page }) => {
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
      await library.default();
      const parse = (text: string): string => {
        try {
          return library.parseLabels(new TextEncoder().encode(text)).join();
        } catch (error) {
          return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        }
      };
      const lists = [
        "cat\ndog",
        '["cat", "dog"]',
        '{"1": "dog", "0": "cat"}',
        '{"dog": 1, "cat": 0}',
        "id,name\n0,cat\n1,dog",
        "n02121808 cat\nn02084071 dog",
        '{"id2label": {"0": "cat", "1": "dog"}}',
        '{"label_names": ["cat", "dog"]}',
      ];
      const others = ["", "[".repeat(1e6), '{"1":"a","-1":"b"}', '{"a":0,"b":0}', '{"a":0,"b":4294967294}'];
      return { lists: lists.map(parse), others: others.map(parse) };
    });
    expect(new Set(found.lists)).toEqual(new Set(["cat,dog"]));
    for (const error of found.others)
      expect(error).toMatch(/^LabelsError: These class names can't be used: /);
  } finally {
    server.stop();
  }
});

test("weights and options made to do harm are errors, and the library works on", async ({ page }) => {
  const server = new Server(files.small);
  await server.start();
  try {
    await page.goto(server.page);
    const found = await page.evaluate(async () => {
      const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
      await library.default();
      const told = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => "taken",
          ({ name, message }: Error) => `${name}: ${message}`,
        );
      const file = (header: string, length = header.length): Blob => {
        const start = new DataView(new ArrayBuffer(8));
        start.setBigUint64(0, BigInt(length), true);
        return new Blob([start, header]);
      };
      const tensor = (shape: number[], end: number): object => ({
        dtype: "F32",
        shape,
        data_offsets: [0, end],
      });
      const first = "layer1.0.conv1.weight";
      const weights = [
        new Blob([]),
        file("{}", 2 ** 53),
        file("{}", 16 * 2 ** 20),
        file('{"a":'.repeat(1e5)),
        file(JSON.stringify({ [first]: tensor([25e9], 100e9) })),
        file(JSON.stringify({ [first]: tensor([1e9], 4e9) })),
        file(JSON.stringify({ [first]: tensor([2 ** 31, 2 ** 31], 4) })),
        file(`{"a":${JSON.stringify(tensor([0], 0))},"a":${JSON.stringify(tensor([0], 0))}}`),
        file(JSON.stringify({ ["x".repeat(1e6)]: tensor([0], 0) })),
      ];
      const refused: string[] = [];
      for (const blob of weights) refused.push(await told(library.Explainer.create(blob, { device: "cpu" })));

      const whole = await (await fetch("/weights/own.safetensors")).blob();
      const explainer = await library.Explainer.create(whole, { device: "cpu" });
      const rgba = new Uint8ClampedArray(4 * 8 * 8).fill(200);
      const circle: Record<string, unknown> = { kind: "c3" };
      circle.size = circle;
      let deep: object = {};
      for (let level = 0; level < 1e5; level++) deep = { deep };
      const options: string[] = [];
      for (const given of [
        { method: circle },
        { method: deep },
        { filter: circle },
        { target: 2n },
        { target: 1e300 },
        { method: { name: "rise", masks: 1e15 } },
      ]) {
        options.push(await told(explainer.explain(rgba, 8, 8, given)));
      }
      options.push(await told((async () => library.filterMap(new Float32Array(4), 2, 2, circle))()));
      options.push(await told(library.Explainer.create(whole, { device: "cpu", kernels: circle })));
      const sizes: string[] = [];
      for (const [width, height] of [
        [8, 9],
        [0, 0],
        [2 ** 31, 2],
        [-1, -1],
        [Number.NaN, 8],
      ]) {
        sizes.push(await told(explainer.explain(rgba, width, height, {})));
      }
      const explained = await explainer.explain(rgba, 8, 8, {});
      const points: string[] = [];
      for (const count of [1e9, 4294967295, 1]) {
        points.push(await told(explained.faithfulness(explained.map, { target: 0, points: count })));
      }
      const after = await explainer.explain(rgba, 8, 8, {});
      explainer.free();
      return { refused, options, sizes, points, finite: after.map.every(Number.isFinite) };
    });
    for (const error of found.refused) expect(error).toMatch(/^WeightsError: These weights can't be used: /);
    for (const error of found.refused) expect(error.length).toBeLessThan(1400);
    expect(found.refused[1]).toContain("larger than 16 MB");
    expect(found.refused[2]).toContain("larger than the file");
    expect(found.refused[5]).toContain("cut off");
    expect(found.refused[7]).toContain("a comes twice");
    for (const error of found.options) expect(error).toMatch(/^OptionsError: /);
    for (const error of found.sizes) expect(error).toMatch(/^PictureError: .*four bytes for each/);
    for (const error of found.points)
      expect(error).toMatch(/^OptionsError: .*(points was asked for|points is )/);
    expect(found.finite).toBe(true);
  } finally {
    server.stop();
  }
});

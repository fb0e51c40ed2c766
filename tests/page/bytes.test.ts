import { parseLabels, readLabels } from "../../www/src/names.ts";
import { UserError } from "../../www/src/words.ts";
import { files } from "./files.ts";
import { expect, test } from "./page.ts";
import { Server } from "./server.ts";

/** Marsaglia's xorshift32, so that a list that fails fails again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const PARTS = ["[", "]", "{", "}", ",", ":", '"', '"cat"', '"0"', '"1"', "0", "1", "-1", "1e9", "4294967295"];
const MORE = ["null", "\n", "\r\n", " ", "\ufeff", "\\", "\\u0000", "\ud800", '"__proto__"', "cat", "a,b"];

/** A list as somebody would write it, or nearly. */
function made(pick: (below: number) => number): string {
  const names = Array.from({ length: pick(6) }, (_, at) => (pick(9) === 0 ? "" : `name ${at}`));
  const keyed = (key: (at: number) => string | number, value: (at: number) => unknown): string =>
    JSON.stringify(Object.fromEntries(names.map((_, at) => [key(at), value(at)])));
  const odd = (at: number): number => (pick(9) === 0 ? ([-1, 0.5, 4294967294, 1e300][pick(4)] ?? 0) : at);
  const list = [
    names.join("\n"),
    JSON.stringify(names),
    keyed(odd, (at) => names[at]),
    keyed(odd, (at) => [`n${at}`, names[at]]),
    keyed((at) => names[at] ?? "", odd),
  ][pick(5)];
  return list ?? "";
}

test("lists of labels are names or a sentence, whatever they hold", () => {
  const pick = random(7);
  let [taken, refused] = [0, 0];
  for (let round = 0; round < 60_000; round++) {
    let text = made(pick);
    for (let change = pick(4); change > 0; change--) {
      const part = [...PARTS, ...MORE][pick(PARTS.length + MORE.length)] ?? "";
      const at = pick(text.length + 1);
      text = text.slice(0, at) + part + text.slice(at + pick(3));
    }
    const found = JSON.stringify(text);
    try {
      const { names } = parseLabels(text, "list.txt");
      taken += 1;
      // Without `expect`, which takes a millisecond.
      if (names.length === 0 || names.length > text.length)
        throw new Error(`${names.length} names: ${found}`);
      if (names.some((name) => typeof name !== "string")) throw new Error(`no name: ${found}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!error.message.includes("“list.txt”")) throw new Error(`${error.message}: ${found}`);
      refused += 1;
    }
  }
  expect(Math.min(taken, refused)).toBeGreaterThan(5000);
});

test("lists of labels that are large or deep are a sentence", async () => {
  for (const text of [
    "[".repeat(1e6),
    `${"[".repeat(1e5)}"a"${"]".repeat(1e5)}`,
    '{"a":'.repeat(1e5),
    "",
    " \n",
  ]) {
    expect(() => parseLabels(text, "list.txt")).toThrow(UserError);
  }
  // A number below zero is no place in a list, though JavaScript's arrays take it.
  for (const text of [
    '{"1":"a","-1":"b"}',
    '{"0":"a","4294967294":"b"}',
    '{"a":0,"b":4294967294}',
    '{"a":0,"b":-1}',
    '{"a":0,"b":0}',
  ]) {
    expect(() => parseLabels(text, "list.txt")).toThrow("is not a list of class names");
  }
  const large = { name: "film.txt", size: 5e9, text: () => Promise.reject(new Error("it was read")) };
  await expect(readLabels(large as unknown as File)).rejects.toThrow("“film.txt” has 5000 MB");
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
    for (const error of found.points) expect(error).toMatch(/^OptionsError: .*(points was asked for|points is )/);
    expect(found.finite).toBe(true);
  } finally {
    server.stop();
  }
});

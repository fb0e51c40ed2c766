import { readFileSync } from "node:fs";
import { root } from "./files.ts";

/** A tensor of a safetensors file that `tests/reference/generate.py` wrote. */
export function reference(file: string, tensor: string): Float32Array {
  const bytes = readFileSync(`${root}/tests/reference/${file}`);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const [start, end] = header[tensor].data_offsets as [number, number];
  return new Float32Array(new Uint8Array(bytes.subarray(8 + length + start, 8 + length + end)).buffer);
}

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function seedOf(name: string): number {
  let seed = 0x811c9dc5;
  for (const byte of Buffer.from(name)) seed = Math.imul(seed ^ byte, 0x01000193) >>> 0;
  return seed;
}

/** A formula-made tensor, as src/weights/formula.rs has it. */
export function formulaTensor(name: string, shape: readonly number[]): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const fan = count / (shape[0] ?? 1);
  const kind = name.split(".").at(-1);
  const [offset, scale] =
    shape.length > 1
      ? [0, Math.sqrt((shape.length === 2 ? 4 : 6) / fan)]
      : kind === "weight"
        ? [/(bn3|downsample\.1)\.weight$/.test(name) ? 0.5 : 1, 0.1]
        : kind === "running_var"
          ? [1, 0.25]
          : [0, 0.1];
  const seed = seedOf(name);
  return Float32Array.from(
    { length: count },
    (_, at) => offset + scale * ((mix((seed ^ mix(at)) >>> 0) >>> 8) / 2 ** 23 - 1),
  );
}

/** The formula-made input of the references, [3, side, side] in blocks of 8×8. */
export function formulaInput(name: string, side: number): Float32Array {
  const seed = seedOf(name);
  return Float32Array.from({ length: 3 * side * side }, (_, at) => {
    const [c, y, x] = [Math.floor(at / side / side), Math.floor(at / side) % side, at % side];
    const block = (c * 32 + (y >> 3)) * 32 + (x >> 3);
    return 2 * ((mix((seed ^ mix(block)) >>> 0) >>> 8) / 2 ** 23 - 1);
  });
}

/** Every 13th value, as the references of large inputs keep them. */
export const sampled = (values: Float32Array): Float32Array => values.filter((_, at) => at % 13 === 0);

/** The largest difference, as a share of the largest magnitude expected. */
export function error(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return (
    expected.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (found[at] ?? Number.NaN))), 0) /
    largest
  );
}

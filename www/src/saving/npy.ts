import { UserError } from "../errors";

/** Numbers with their shape in NumPy. */
export interface NumberArray {
  readonly values: Float32Array | Float64Array | Uint8Array;
  /** Rows before columns. */
  readonly shape: readonly number[];
}

/** An array as `.npy` (version 1.0): what `numpy.load` reads. */
export function npy({ values, shape }: NumberArray): Uint8Array<ArrayBuffer> {
  const pixels = shape.reduce((a, b) => a * b, 1);
  if (pixels !== values.length) throw new UserError(({ t }) => t.errors.saving);
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  // Little-endian on every machine.
  if (values instanceof Uint8Array) bytes.set(values);
  else if (values instanceof Float32Array)
    for (const [at, value] of values.entries()) view.setFloat32(4 * at, value, true);
  else for (const [at, value] of values.entries()) view.setFloat64(8 * at, value, true);
  const type = values instanceof Uint8Array ? "|u1" : values instanceof Float32Array ? "<f4" : "<f8";
  return withHeader(type, shape, bytes);
}

/** A text as a zero-dimensional array; `.item()` returns it. */
export function npyText(text: string): Uint8Array<ArrayBuffer> {
  const letters = Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
  const bytes = new Uint8Array(4 * Math.max(1, letters.length));
  const view = new DataView(bytes.buffer);
  for (const [at, letter] of letters.entries()) view.setUint32(4 * at, letter, true);
  return withHeader(`<U${Math.max(1, letters.length)}`, [], bytes);
}

/** The header is a Python dictionary, padded with spaces to a multiple of 64 bytes. */
function withHeader(type: string, shape: readonly number[], bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const sides = shape.map((side) => `${side},`).join(" ");
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sides}), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const header = `${dictionary.padEnd(length - 11)}\n`;
  const whole = new Uint8Array(length + bytes.length);
  whole.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  whole.set(new TextEncoder().encode(header), 10);
  whole.set(bytes, length);
  return whole;
}

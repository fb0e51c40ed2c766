import { expect, test, vi } from "vitest";
import { PRESETS } from "../src/presets";
import { npy, npyText } from "../src/saving/npy";
import { recordOf } from "../src/saving/record";
import { STYLE, STYLE_HASH } from "../src/saving/report";
import { crc32, zip } from "../src/saving/zip";
import { open, prepare, rest, saved } from "./page";

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

test("an array is as NumPy writes it", () => {
  const bytes = npy({ values: Float32Array.of(1, -2, 0.5, 0, 0, 0), shape: [2, 3] });
  // numpy.save of the same, read with xxd; the trailing comma of its tuple is Python's to take.
  expect(text(bytes.subarray(0, 8))).toBe("\x93NUMPY\x01\x00");
  expect(bytes[8]).toBe(118);
  expect(text(bytes.subarray(10, 128)).trimEnd()).toBe(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }",
  );
  expect(bytes[127]).toBe(10);
  expect([...bytes.subarray(128, 140)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63]);
  expect(() => npy({ values: new Float32Array(5), shape: [2, 3] })).toThrow();
});

test("a text is an array of letters", () => {
  const bytes = npyText("鳥𝄞");
  expect(text(bytes.subarray(10, 70))).toContain("'descr': '<U2', 'fortran_order': False, 'shape': (), }");
  expect(new DataView(bytes.buffer).getUint32(128, true)).toBe("鳥".codePointAt(0));
  expect(new DataView(bytes.buffer).getUint32(132, true)).toBe(0x1d11e);
});

test("checksums are zip's, and an archive ends with its directory", async () => {
  // The check value of CRC-32 in the catalogue of parametrised algorithms.
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  const bytes = new Uint8Array(await zip([{ name: "a.npy", bytes: Uint8Array.of(1, 2, 3) }]).arrayBuffer());
  const end = new DataView(bytes.buffer, bytes.length - 22);
  expect(end.getUint32(0, true)).toBe(0x06054b50);
  expect(end.getUint16(10, true)).toBe(1);
  const directory = end.getUint32(16, true);
  expect(new DataView(bytes.buffer).getUint32(directory, true)).toBe(0x02014b50);
  expect(end.getUint32(12, true)).toBe(bytes.length - 22 - directory);
});

test("the report's policy lets its own style in", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  expect(btoa(text(new Uint8Array(digest)))).toBe(STYLE_HASH);
});

test("what is shown is saved, and nothing that is old", async () => {
  prepare();
  const page = open();
  const { answer } = await rest(page);
  if (!answer) throw new Error("there is no answer");
  page.controller.save("record");
  page.controller.save("arrays");
  await rest(page);
  const { target } = answer.explained;
  expect(saved).toEqual([`c3lrp-class-${target}.json`, `c3lrp-class-${target}.npz`]);
  expect(page.store.state.saving).toBeUndefined();
  const record = recordOf(page.store.state, answer);
  expect(record).toMatchObject({
    format: "c3lrp-explanation",
    question: { ...PRESETS.measured, fit: "whole" },
    picture: { bird: { species: "Wren", seed: 1 } },
    target,
    curves: null,
  });
  page.controller.asking.explainClass((target + 1) % 4);
  page.controller.save("record");
  page.controller.save("arrays");
  await rest(page);
  expect(saved).toHaveLength(2);
  vi.useRealTimers();
});

test("arrays that wait for the engine are not saved for another picture", async () => {
  prepare();
  const page = open();
  await rest(page);
  page.controller.save("arrays");
  page.controller.showing.drawBird("Crow");
  const state = await rest(page);
  expect([saved, state.saving]).toEqual([[], undefined]);
  vi.useRealTimers();
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compress, copyOf, sendCopy } from "../compressed.js";

const folder = mkdtempSync(join(tmpdir(), "c3lrp-compressed-"));
const at = (name) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes that no compression makes smaller: a linear congruential generator's high ones. */
const noise = (length) => {
  let state = 1n;
  return Uint8Array.from({ length }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number(state >> 56n);
  });
};

let sizes;
beforeAll(async () => {
  mkdirSync(at("assets"));
  writeFileSync(at("index.html"), "<p>A bird.</p>\n".repeat(200));
  writeFileSync(at("assets/engine.wasm"), new Uint8Array(5000).fill(7));
  writeFileSync(at("assets/small.js"), "let a = 1;\n".repeat(20));
  writeFileSync(at("assets/noise.safetensors"), noise(20_000));
  writeFileSync(at("assets/photo.jpg"), new Uint8Array(5000));
  sizes = await compress(folder);
});

test("what is beside a file unfolds to it", () => {
  for (const name of ["index.html", "assets/engine.wasm"]) {
    const raw = readFileSync(at(name));
    const [br, gz] = [readFileSync(at(`${name}.br`)), readFileSync(at(`${name}.gz`))];
    expect(brotliDecompressSync(br).equals(raw), name).toBe(true);
    expect(gunzipSync(gz).equals(raw), name).toBe(true);
    expect(sizes[name]).toEqual({ raw: raw.length, br: br.length, gzip: gz.length });
  }
});

test("small files, pictures and what gets no smaller have no copy", () => {
  for (const name of ["assets/small.js", "assets/photo.jpg", "assets/noise.safetensors"])
    for (const ending of [".br", ".gz"]) expect(existsSync(at(name + ending)), name + ending).toBe(false);
});

test("a second time nothing is made of the copies", async () => {
  expect(await compress(folder)).toEqual(sizes);
  expect(existsSync(at("index.html.br.br"))).toBe(false);
});

test("a request gets the best copy that its header takes", () => {
  const file = at("index.html");
  const encoding = (header) => copyOf(file, header)?.encoding;
  expect(encoding("gzip, deflate, br, zstd")).toBe("br");
  expect(encoding("gzip;q=1.0, BR;q=0.5")).toBe("br");
  expect(encoding("gzip, br;q=0")).toBe("gzip");
  expect(encoding("br;q=0.000, gzip ; q=0")).toBeUndefined();
  expect(encoding("identity")).toBeUndefined();
  expect(encoding(undefined)).toBeUndefined();
  // An encoding's name is a word of the header, not a part of one.
  expect(encoding("brotli")).toBeUndefined();
  expect(copyOf(at("assets/small.js"), "br")).toBeUndefined();
});

test("a copy is sent with the file's type, its encoding and its length", async () => {
  const server = createServer((request, response) => {
    if (!sendCopy(at(request.url.slice(1)), request, response)) response.end("none");
  });
  await new Promise((done) => server.listen(0, done));
  const { port } = server.address();
  /** What comes over the wire, not unpacked. */
  const ask = (path, encodings, method = "GET") =>
    new Promise((done, failed) => {
      const headers = encodings ? { "accept-encoding": encodings } : {};
      request({ port, path, method, headers }, async (response) => {
        const pieces = [];
        for await (const piece of response) pieces.push(piece);
        done({ headers: response.headers, body: Buffer.concat(pieces) });
      })
        .on("error", failed)
        .end();
    });
  try {
    const { headers, body } = await ask("/assets/engine.wasm", "gzip, br");
    expect(headers).toMatchObject({
      "content-type": "application/wasm",
      "content-encoding": "br",
      "content-length": `${body.length}`,
      vary: "Accept-Encoding",
    });
    expect(brotliDecompressSync(body).equals(readFileSync(at("assets/engine.wasm")))).toBe(true);
    const head = await ask("/assets/engine.wasm", "gzip", "HEAD");
    expect(head.headers["content-encoding"]).toBe("gzip");
    expect(head.body.length).toBe(0);
    expect(`${(await ask("/assets/engine.wasm")).body}`).toBe("none");
    expect(`${(await ask("/assets/photo.jpg", "br")).body}`).toBe("none");
  } finally {
    await new Promise((done) => server.close(done));
  }
});

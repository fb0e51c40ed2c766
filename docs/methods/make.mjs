// Draws the methods' pictures for the documentation: docs/methods/bird.png, and of each method NAME.png, the bird's whole map
// and what C3 keeps of it. Run it by `node docs/methods/make.mjs` once ./build.sh has made pkg/.
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { drawBird, Explainer, heatmap, initSync } from "../../pkg/c3lrp.js";

const root = new URL("../../", import.meta.url);
/** Pixels along an edge of the picture, and between panes. */
const [SIDE, GAP] = [224, 8];
/** Masks of RISE, as many as in docs/evaluation.md. */
const MASKS = 2000;

initSync({ module: readFileSync(new URL("pkg/c3lrp_bg.wasm", root)) });
const bird = drawBird("Masked Sunwren", 4711, { side: SIDE });
const weights = (name) => new Blob([readFileSync(new URL(`www/public/models/${name}.safetensors`, root))]);
const create = (name) => Explainer.create(weights(name), { device: "cpu", fit: "squash" });
const networks = { bird: await create("birds-resnet50"), attention: await create("birds-abn") };

writeFileSync(new URL("bird.png", import.meta.url), png([bird.rgba]));
for (const { name } of Explainer.methods) {
  const network = name === "abn" ? networks.attention : networks.bird;
  const method = name === "rise" ? { name, masks: MASKS } : name;
  const found = await network.explain(bird.rgba, SIDE, SIDE, { method, filter: "c3" });
  const kept = over(bird.rgba, heatmap(found.filtered, "overlay"));
  const file = new URL(`${name}.png`, import.meta.url);
  writeFileSync(file, png([heatmap(found.map, "diverging"), kept]));
  console.log(name, found.target, found.probability);
  found.free();
}

/** Colours over a picture, RGBA both. */
function over(below, above) {
  return below.map((value, at) => {
    const alpha = above[at | 3] / 255;
    return at % 4 === 3 ? 255 : Math.round(alpha * above[at] + (1 - alpha) * value);
  });
}

/** Panes side by side as a PNG, clear between them. */
function png(panes) {
  const width = panes.length * SIDE + (panes.length - 1) * GAP;
  const stride = 4 * width;
  const rgba = Buffer.alloc(SIDE * stride);
  for (const [pane, pixels] of panes.entries())
    for (let y = 0; y < SIDE; y++)
      rgba.set(pixels.subarray(4 * SIDE * y, 4 * SIDE * (y + 1)), y * stride + 4 * pane * (SIDE + GAP));
  const row = (y) => (y < 0 ? Buffer.alloc(stride) : rgba.subarray(y * stride, (y + 1) * stride));
  const rows = Array.from({ length: SIDE }, (_, y) => smallest(row(y), row(y - 1)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 6], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A row by that of PNG's first four filters which leaves the least: as it is, less the left, the upper, or the mean of both. */
function smallest(row, upper) {
  const left = (at) => (at < 4 ? 0 : row[at - 4]);
  const guesses = [() => 0, left, (at) => upper[at], (at) => (left(at) + upper[at]) >> 1];
  const filtered = guesses.map((guess, filter) =>
    Buffer.from([filter, ...row.map((value, at) => value - guess(at))]),
  );
  const size = (bytes) => bytes.reduce((sum, value) => sum + Math.min(value, 256 - value), 0);
  return filtered.reduce((best, next) => (size(next) < size(best) ? next : best));
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, check]);
}

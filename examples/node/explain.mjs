// node explain.mjs PICTURE WEIGHTS MAP.png: says what the network sees, and writes its map over the picture.
import { load } from "c3lrp";
import sharp from "sharp";

const [picture, weights, map] = process.argv.slice(2);
const { data, info } = await sharp(picture)
  .rotate()
  .ensureAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true });
const { width, height } = info;

const explainer = await load(weights);
try {
  const explanation = await explainer.explain({ data, width, height }, { method: "lrp-epsilon-gamma-box" });
  console.log(`${explanation.label ?? explanation.target}: ${(100 * explanation.probability).toFixed(1)} %`);
  const overlay = explanation.overlay();
  const colours = { input: Buffer.from(overlay.data), raw: { width, height, channels: 4 } };
  await sharp(data, { raw: { width, height, channels: 4 } })
    .composite([colours])
    .png()
    .toFile(map);
} finally {
  explainer.close();
}

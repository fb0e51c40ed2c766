import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { c3lrp, dist, files, root } from "./files.ts";
import { CHROMIUM } from "./playwright.config.ts";

/** Makes what the tests work on: formula-made weights, and pictures that every decoder reads alike. */
export default async function setup(): Promise<void> {
  for (const needed of [
    c3lrp,
    `${dist}/index.html`,
    `${root}/pkg/c3lrp_bg.wasm`,
    `${root}/pkg/dist/load.js`,
  ]) {
    if (!existsSync(needed)) throw new Error(`${needed} is missing; build everything with ./build.sh first`);
  }
  mkdirSync(`${root}/target/page-tests`, { recursive: true });
  mkdirSync(`${root}/target/screenshots`, { recursive: true });
  formula(files.small, ["--depths", "1,1,1,1", "--width", "8", "--classes", "10"]);
  formula(files.other, ["--depths", "1,1,1,1", "--width", "8", "--classes", "7"]);
  formula(files.middle, ["--depths", "2,2,2,2", "--width", "24", "--classes", "10"]);
  if (!existsSync(files.full))
    formula(files.full, ["--depths", "3,4,6,3", "--width", "64", "--classes", "1000"]);

  formula(files.flipped, ["--depths", "1,2,1,2", "--width", "8", "--classes", "10"]);
  writeFileSync(files.flipped, flipped(readFileSync(files.flipped)));
  const weights = readFileSync(files.small);
  writeFileSync(files.cut, weights.subarray(0, Math.floor(weights.length / 2)));
  writeFileSync(files.text, "Dear reader, these are no weights.\n".repeat(20));
  writeFileSync(files.strange, safetensors("embedding.weight", [4, 4]));
  writeFileSync(
    files.broken,
    Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(400, 7)]),
  );
  writeFileSync(files.names, Array.from({ length: 10 }, (_, i) => `thing ${i}`).join("\n"));
  await pngs();
}

function formula(file: string, options: string[]): void {
  execFileSync(c3lrp, ["formula", ...options, "--out", file], { stdio: "inherit" });
}

/** The file with the sign of every second channel's BatchNorm weight turned. */
function flipped(file: Buffer): Buffer {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, start)) as Record<string, { data_offsets: number[] }>;
  for (const [name, info] of Object.entries(header)) {
    if (!/(bn\d|downsample\.1)\.weight$/.test(name)) continue;
    const [from = 0, to = 0] = info.data_offsets;
    for (let at = start + from + 4; at < start + to; at += 8) file.writeFloatLE(-file.readFloatLE(at), at);
  }
  return file;
}

/** A well-formed safetensors file of one tensor that no ResNet has. */
function safetensors(name: string, shape: number[]): Buffer {
  const bytes = 4 * shape.reduce((a, b) => a * b, 1);
  const header = Buffer.from(JSON.stringify({ [name]: { dtype: "F32", shape, data_offsets: [0, bytes] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(bytes)]);
}

/** PNG copies of two samples: JPEG decoders differ in the last bit, PNG decoders do not. */
async function pngs(): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  for (const [sample, file] of [
    ["cat", files.cat],
    ["coffee", files.coffee],
  ] as const) {
    const jpeg = readFileSync(`${root}/www/public/samples/${sample}.jpg`).toString("base64");
    const png = await page.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/jpeg;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    }, jpeg);
    writeFileSync(file, Buffer.from(png, "base64"));
  }
  await browser.close();
}

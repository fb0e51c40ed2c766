import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { BIRD, made, packed, picture, root } from "./made.ts";

/** Packs the package, and draws a bird with what was packed. */
export default async function setup(): Promise<void> {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  const pack = unpacked("pkg", packed);
  writeFileSync(`${packed}/pack.json`, JSON.stringify(pack));
  for (const other of ["birds", "inline"]) unpacked(`pkg/${other}`, `${packed}/c3lrp-${other}`);
  const engine = await import(`${packed}/package/c3lrp.js`);
  await engine.default({ module_or_path: readFileSync(`${packed}/package/c3lrp_bg.wasm`) });
  const bird = engine.drawBird(BIRD.species, BIRD.seed) as { rgba: Uint8ClampedArray; side: number };
  const { side } = bird;
  const rgba = new Uint8Array(bird.rgba);
  writeFileSync(`${packed}/bird.rgba`, rgba);
  writeFileSync(picture, png(rgba, side));
}

/** Packs a folder's package as npm does, and unpacks it as npm does. */
function unpacked(from: string, to: string): { filename: string } {
  mkdirSync(to, { recursive: true });
  const said = execFileSync("npm", ["pack", "--json", "--pack-destination", to], {
    cwd: `${root}/${from}`,
    encoding: "utf8",
  });
  const [pack] = JSON.parse(said) as [{ filename: string }];
  execFileSync("tar", ["xzf", pack.filename], { cwd: to });
  return pack;
}

/** A picture of four bytes a pixel as a PNG file, which every decoder reads alike. */
function png(rgba: Uint8Array, side: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc(named));
    return Buffer.concat([length, named, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6], 8);
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.concat([Buffer.alloc(1), rgba.subarray(4 * side * y, 4 * side * (y + 1))]),
  );
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The checksum that PNG's chunks have. */
function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

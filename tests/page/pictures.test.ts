import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { files, root } from "./files.ts";
import {
  askAnyway,
  canvasHash,
  drop,
  dropBytes,
  dropPicture,
  expect,
  loadWeights,
  mapShown,
  pictureIs,
  test,
} from "./page.ts";

const notice = "#notice-text";

/** A file among those that no browser writes. */
const kept = (name: string): Buffer => readFileSync(`${root}/tests/page/pictures/${name}`);

/** A PNG of so many bits a value, with alpha; `values` are 0 to 255. */
function png(
  width: number,
  height: number,
  values: (x: number, y: number) => readonly [number, number, number, number],
  bits: 8 | 16 = 8,
): Buffer {
  const bytes: number[] = [];
  for (let y = 0; y < height; y++) {
    bytes.push(0);
    for (let x = 0; x < width; x++) {
      // 0xabab is to 16 bits what 0xab is to 8.
      for (const value of values(x, y)) bytes.push(...(bits === 8 ? [value] : [value, value]));
    }
  }
  return pngFile(width, height, bits, deflateSync(Buffer.from(bytes)));
}

function pngFile(width: number, height: number, bits: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 6, 0, 0, 0], 8);
  const chunk = (kind: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind, "latin1"), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const parts = [chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

/** Something to look at, of whole values. */
const pattern = (x: number, y: number): readonly [number, number, number, number] => [
  (x * 7) % 256,
  (y * 5) % 256,
  (x * y) % 256,
  255,
];

/** A file with bytes of it replaced. */
function changed(file: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}

/** 60,000 in two bytes, either way around. */
const [BIG, LITTLE] = [
  [0xea, 0x60],
  [0x60, 0xea],
] as const;

const jpegHeader = (...before: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...before,
    Buffer.from([0xff, 0xc0, 0, 17, 8, ...BIG, ...BIG, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    Buffer.alloc(50),
  ]);

/** An AVIF whose every size is 60,000 × 60,000. */
function avif(): Buffer {
  const file = kept("still.avif");
  const size = file.indexOf("ispe");
  return changed(file, size + 8, 0, 0, ...BIG, 0, 0, ...BIG);
}

const bmp = Buffer.alloc(200);
bmp.write("BM");
bmp.writeUInt32LE(54, 10);
bmp.writeUInt32LE(40, 14);
bmp.writeInt32LE(60_000, 18);
bmp.writeInt32LE(-60_000, 22);
bmp.set([1, 0, 24, 0], 26);

const gif = kept("moving.gif");
const BOMBS: readonly (readonly [name: string, file: Buffer])[] = [
  ["bomb.png", pngFile(60_000, 60_000, 8, deflateSync(Buffer.alloc(5_000_000)))],
  ["bomb.jpg", jpegHeader()],
  // The size stands after what a camera wrote, however much that is.
  [
    "late.jpg",
    jpegHeader(
      ...Array<Buffer>(40).fill(Buffer.concat([Buffer.from([0xff, 0xe1, 0xff, 0xff]), Buffer.alloc(65_533)])),
    ),
  ],
  ["screen.gif", changed(gif, 6, ...LITTLE, ...LITTLE)],
  // A small screen with a large frame on it.
  ["frame.gif", changed(gif, gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64])) + 5, ...LITTLE, ...LITTLE)],
  ["bomb.webp", changed(kept("moving.webp"), 24, ...LITTLE, 0, ...LITTLE, 0)],
  [
    "lossless.webp",
    Buffer.from("RIFF\x40\0\0\0WEBPVP8L\x20\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0".padEnd(72, "\0"), "latin1"),
  ],
  ["bomb.bmp", bmp],
];

/** Counts what the page decodes, from now on. */
async function countDecoding(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const scope = globalThis as unknown as { decoded: number; createImageBitmap: Decode };
    type Decode = (...of: unknown[]) => Promise<ImageBitmap>;
    const decode = scope.createImageBitmap;
    scope.decoded = 0;
    scope.createImageBitmap = (...of) => {
      scope.decoded += 1;
      return decode(...of);
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { decoded: number }).decoded);
}

test("pictures that claim to be enormous are refused by their headers @once", async ({ page }) => {
  const decoded = await countDecoding(page);
  const map = await canvasHash(page, "#map");
  for (const [name, file] of BOMBS) {
    await dropBytes(page, [name, file]);
    await expect(page.locator(notice)).toHaveText(
      new RegExp(`“${name}” has [\\d,]+ megapixels, and this page takes at most 40`),
    );
    expect(await canvasHash(page, "#map"), "what was there before stays").toBe(map);
  }
  // Some browsers tell its size, and others refuse it themselves, by its header too.
  await dropBytes(page, ["bomb.avif", avif()]);
  await expect(page.locator(notice)).toContainText(
    /“bomb.avif” (is a file of the kind AVIF|has 3,600 megapixels)/,
  );
  await dropBytes(page, ["long.png", pngFile(1_000_000, 1, 8, deflateSync(Buffer.alloc(4_000_001)))]);
  await expect(page.locator(notice)).toContainText(
    "1,000,000 × 1 pixels, and this page takes at most 32,767 along a side",
  );
  expect(await decoded()).toBe(0);

  await dropPicture(page, files.cat);
  await askAnyway(page);
  await mapShown(page);
  expect(await decoded()).toBe(1);
  await expect(page.locator("#notice")).toBeHidden();
});

/** Drops a picture, and gives its size as it is shown, and its colours at shares of its width and height. */
async function shown(
  page: Page,
  name: string,
  file: Buffer,
  ...at: (readonly [across: number, down: number])[]
): Promise<{ size: number[]; colours: number[][] }> {
  await dropBytes(page, [name, file]);
  await pictureIs(page, name);
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
  return await page.locator("#picture").evaluate((node, at) => {
    const canvas = node as HTMLCanvasElement;
    const { width, height } = canvas;
    const colours = at.map(([across, down]) =>
      Array.from(
        canvas.getContext("2d")?.getImageData(Math.floor(across * width), Math.floor(down * height), 1, 1)
          .data ?? [],
      ),
    );
    return { size: [width, height], colours };
  }, at);
}

/** Whether a colour is about this one, as lossy kinds keep it. */
function expectColour(found: number[] | undefined, expected: readonly number[], within = 12): void {
  for (const [channel, value] of expected.entries()) {
    expect(Math.abs((found?.[channel] ?? -1000) - value), `${found} beside ${expected}`).toBeLessThanOrEqual(
      within,
    );
  }
}

test("pictures of one pixel, and of one pixel's width or height, are explained", async ({ page }) => {
  await loadWeights(page, files.small);
  expect((await shown(page, "dot.png", png(1, 1, pattern))).size).toEqual([1, 1]);
  // What is shown of it is no larger than a screen.
  expect((await shown(page, "tall.png", png(1, 20_000, pattern))).size).toEqual([1, 1600]);
  expect((await shown(page, "wide.png", png(20_000, 1, pattern))).size).toEqual([1600, 1]);
  const download = page.waitForEvent("download");
  await page.locator("#save-open").click();
  await page.locator("#save-both").click();
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
  await page.locator("#reading-box summary").click();
  await page.getByLabel("How pictures become square").selectOption("whole");
  await page.getByRole("button", { name: "Apply" }).click();
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("depth and transparency are the engine's: 16 bits as 8, over white", async ({ page }) => {
  await loadWeights(page, files.small);
  await shown(page, "eight.png", png(90, 80, pattern));
  const map = await canvasHash(page, "#map");
  await shown(page, "sixteen.png", png(90, 80, pattern, 16));
  expect(await canvasHash(page, "#map")).toBe(map);

  const clear = (x: number, y: number) => (x + y) % 3 === 0;
  const white = [255, 255, 255, 255] as const;
  await shown(
    page,
    "white.png",
    png(90, 80, (x, y) => (clear(x, y) ? white : pattern(x, y))),
  );
  const onWhite = await canvasHash(page, "#map");
  expect(onWhite).not.toBe(map);
  await shown(
    page,
    "clear.png",
    png(90, 80, (x, y) => (clear(x, y) ? [9, 99, 199, 0] : pattern(x, y))),
  );
  expect(await canvasHash(page, "#map")).toBe(onWhite);
});

test("a JPEG of printer's inks has its colours, and one that a camera turned stands upright", async ({
  page,
}) => {
  await loadWeights(page, files.small);
  const inks = await shown(page, "cmyk.jpg", kept("cmyk.jpg"), [0.2, 0.5], [0.8, 0.5]);
  const [red, white] = inks.colours;
  expect(red?.[0], `${red}`).toBeGreaterThan(150);
  expect(red?.[1], `${red}`).toBeLessThan(110);
  expectColour(white, [255, 255, 255]);

  // Left half red, right half blue, to be turned a quarter to the right: red is above then.
  const jpeg = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(96, 48);
    const paint = canvas.getContext("2d");
    for (const [colour, x] of [
      ["#c81e28", 0],
      ["#1428d2", 48],
    ] as const) {
      if (!paint) continue;
      paint.fillStyle = colour;
      paint.fillRect(x, 0, 48, 48);
    }
    const bytes = await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer();
    return Array.from(new Uint8Array(bytes));
  });
  const turned = Buffer.from(
    "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    "latin1",
  );
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, turned.length + 2]), turned]);
  const file = Buffer.concat([Buffer.from(jpeg.slice(0, 2)), segment, Buffer.from(jpeg.slice(2))]);
  const { size, colours } = await shown(page, "turned.jpg", file, [0.5, 0.2], [0.5, 0.8]);
  expect(size).toEqual([48, 96]);
  expectColour(colours[0], [200, 30, 40]);
  expectColour(colours[1], [20, 40, 210]);
});

test("of what moves, the first picture is explained", async ({ page }) => {
  await loadWeights(page, files.small);
  for (const name of ["moving.gif", "moving.png", "moving.webp"]) {
    const { size, colours } = await shown(page, name, kept(name), [0.5, 0.5]);
    expect(size).toEqual([64, 48]);
    expectColour(colours[0], [200, 30, 40], 1);
  }
});

test("an SVG is drawn large enough, and loads and runs nothing", async ({ page, server }) => {
  await loadWeights(page, files.small);
  const elsewhere = `${server.page}elsewhere`;
  const drawing = (size: string): Buffer =>
    Buffer.from(`<?xml version="1.0"?>\n<!-- a drawing -->
      <svg xmlns="http://www.w3.org/2000/svg" ${size}><rect width="50" height="50" fill="#c81e28"/>
      <image href="${elsewhere}.png" width="100" height="50"/><style>@import "${elsewhere}.css"</style>
      <script>fetch("${elsewhere}"); document.title = "run"</script></svg>`);
  const { size, colours } = await shown(
    page,
    "drawing.svg",
    drawing('viewBox="0 0 100 50"'),
    [0.2, 0.5],
    [0.8, 0.5],
  );
  expect(size).toEqual([1024, 512]);
  expect(colours).toEqual([
    [200, 30, 40, 255],
    [0, 0, 0, 0],
  ]);
  // One that is larger than any canvas is a drawing all the same.
  const large = await shown(page, "large.svg", drawing('width="60000" height="60000"'));
  expect(large.size).toEqual([1024, 1024]);
  const plain = await shown(page, "plain.svg", drawing(""));
  expect(plain.size).toEqual([1024, 512]);
  await dropBytes(page, ["torn.svg", drawing("").subarray(0, 200)]);
  await expect(page.locator(notice)).toContainText("could not be read as a picture");
  expect(server.requests.filter(({ path }) => path.includes("elsewhere"))).toEqual([]);
  expect(await page.title()).not.toBe("run");
});

test("what the browser can't read is named, with what to do", async ({ page }) => {
  await loadWeights(page, files.small);
  await dropPicture(page, files.cat);
  await mapShown(page);
  const map = await canvasHash(page, "#map");
  const bytes = (text: string): Buffer => Buffer.from(text.padEnd(300, "\0"), "latin1");
  for (const [name, file, says] of [
    ["IMG_0001.HEIC", bytes("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), /is a HEIC picture.*Save it as JPEG/],
    ["scan.tif", bytes("II*\0\x08\0\0\0"), /kind TIFF.*JPEG, PNG or WebP/],
    ["paper.pdf", bytes("%PDF-1.7\n"), /kind PDF.*JPEG, PNG or WebP/],
    ["new.jxl", bytes("\0\0\0\x0cJXL \r\n\x87\n"), /kind JPEG XL.*JPEG, PNG or WebP/],
    ["cut.png", png(90, 80, pattern).subarray(0, 20), /could not be read as a picture/],
    ["cut.jpg", jpegHeader().subarray(0, 6), /could not be read as a picture/],
    ["letter.jpg", Buffer.from("Dear reader, this is no picture.\n"), /could not be read as a picture/],
    ["letter.doc", Buffer.from("BMW and PNG are three letters each.\n"), /neither a picture, nor/],
    ["nothing.png", Buffer.alloc(0), /is empty/],
    ["nothing.txt", Buffer.alloc(0), /is empty/],
  ] as const) {
    await dropBytes(page, [name, file]);
    await expect(page.locator(notice)).toHaveText(says);
    await expect(page.locator(notice)).toContainText(`“${name}”`);
    expect(await canvasHash(page, "#map"), `after ${name}`).toBe(map);
  }
  await dropPicture(page, files.coffee);
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

test("a picture is one whatever its name says", async ({ page }) => {
  await loadWeights(page, files.small);
  const { colours } = await shown(
    page,
    "names.txt",
    png(60, 60, () => [200, 30, 40, 255]),
    [0.5, 0.5],
  );
  expect(colours).toEqual([[200, 30, 40, 255]]);
  await shown(page, "photo.jpg", png(60, 60, pattern));
  await shown(page, "weights.safetensors", kept("still.avif"));
});

test("several files: names belong to the weights beside them, and the first picture is explained @once", async ({
  page,
}) => {
  await dropBytes(
    page,
    ["names.txt", readFileSync(files.names)],
    ["first.png", png(60, 60, pattern)],
    ["second.png", png(70, 60, pattern)],
    ["small.safetensors", readFileSync(files.small)],
  );
  await pictureIs(page, "first.png");
  await expect(page.locator("#batch-title")).toHaveText("2 pictures");
  await mapShown(page);
  await expect(page.locator("#model-name")).toHaveText("small");
  await expect(page.locator("#top .name").first()).toHaveText(/^thing \d$/);
});

test("a folder is no picture @debugger", async ({ page }) => {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [`${root}/tests/page/pictures`], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  await expect(page.locator(notice)).toContainText("“pictures” could not be read. It may be a folder");
  await dropPicture(page, files.cat);
  await askAnyway(page);
  await mapShown(page);
  await expect(page.locator("#notice")).toBeHidden();
});

for (const [name, says] of [
  ["huge.png", /“huge.png” is a file of 5,000 MB, and this page takes pictures of at most 250 MB/],
  ["huge.txt", /“huge.txt” has 5,000 MB, and a list of class names has at most 16 MB/],
] as const) {
  test(`five gigabytes are not read: ${name}`, async ({ page }, info) => {
    const file = info.outputPath(name);
    writeFileSync(file, name.endsWith("png") ? png(60, 60, pattern) : "cat\ndog\n");
    // Zeros that take no room on the disk.
    truncateSync(file, 5e9);
    try {
      await page.setInputFiles("#file", file);
      await expect(page.locator(notice)).toHaveText(says);
      await page.setInputFiles("#file", files.cat);
      await pictureIs(page, "cat.png");
      await askAnyway(page);
      await mapShown(page);
    } finally {
      rmSync(file);
    }
  });
}

test("a broken picture among others changes nothing", async ({ page }) => {
  const map = await canvasHash(page, "#map");
  await drop(page, files.broken);
  await expect(page.locator(notice)).toContainText("could not be read as a picture");
  await dropBytes(page, ["letter.doc", Buffer.from("Dear reader")], ["good.png", png(60, 60, pattern)]);
  await expect(page.locator(notice)).toContainText("“letter.doc” is neither");
  expect(await canvasHash(page, "#map")).toBe(map);
});

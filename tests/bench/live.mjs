// The camera and the brush of the page: frames explained a second, how soon the map follows the pointer, how late the
// page's own frames are meanwhile, and what is held after many frames. The bundled model on the CPU path, and a ResNet-18 for
// the camera's rate.
//
//   SECONDS=15   how long the camera's rate is taken
//   DABS=30      how many dabs of the brush
//   FRAMES=1000  frames over which memory is looked at
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { figure, median } from "./figures.mjs";
import { keep } from "./report.mjs";
import { resnet18 } from "./resnet18.mjs";
import { serve } from "./server.mjs";
import { circumstances, data, root } from "./support.mjs";

const seconds = Number(process.env.SECONDS ?? 15);
const dabs = Number(process.env.DABS ?? 30);
const many = Number(process.env.FRAMES ?? 1000);
const server = await serve({ "/pkg/": path.join(root, "pkg"), "/": path.join(root, "www/dist") });
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const quiet = ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-gpu"];

/** A film of a bird that moves a little, as JPEGs one after another. */
async function film() {
  const browser = await chromium.launch({ executablePath, args: quiet });
  const page = await browser.newPage();
  await page.goto(server.url);
  const frames = await page.evaluate(async () => {
    const library = await import(new URL("/pkg/c3lrp.js", location.href).href);
    await library.default();
    const bird = library.drawBird("Spotted Skylet", 77, { side: 448 });
    const screen = new OffscreenCanvas(448, 448);
    screen.getContext("2d").putImageData(new ImageData(bird.rgba, 448, 448), 0, 0);
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext("2d");
    const all = [];
    for (let frame = 0; frame < 8; frame++) {
      context.fillStyle = "#8a7055";
      context.fillRect(0, 0, 640, 480);
      context.drawImage(screen, 96 + frame, 16, 448, 448);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      all.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
    }
    return all;
  });
  await browser.close();
  fs.mkdirSync(data, { recursive: true });
  const file = path.join(data, "bird.mjpeg");
  fs.writeFileSync(file, Buffer.concat(frames.map((frame) => Buffer.from(frame, "base64"))));
  return file;
}

const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const browser = await chromium.launch({
  executablePath,
  args: [...quiet, ...camera, `--use-file-for-fake-video-capture=${await film()}`],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block" });
page.setDefaultTimeout(600_000);
await page.goto(server.url);
const settled = () =>
  page.waitForFunction(
    () =>
      document.getElementById("main")?.dataset.busy === "false" && document.getElementById("map")?.width > 1,
  );
await settled();
await page.waitForSelector("#gallery li:nth-child(20) canvas[width='128']");

/** Notes how far apart the page's frames are, and when the map is drawn anew, until it is asked. */
await page.evaluate(() => {
  const noted = { latest: 0, maps: [] };
  window.noted = noted;
  let last = performance.now();
  const look = (now) => {
    noted.latest = Math.max(noted.latest, now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  // A canvas is given its size whenever it is drawn.
  new MutationObserver(() => noted.maps.push(performance.now())).observe(document.getElementById("map"), {
    attributes: true,
    attributeFilter: ["width"],
  });
  addEventListener("pointerdown", () => (noted.down = performance.now()), { capture: true });
});
const noted = () => page.evaluate(() => ({ ...window.noted }));
const forget = () => page.evaluate(() => Object.assign(window.noted, { latest: 0, maps: [] }));

// The brush: a dab at a time, then one stroke.
await page.click("#painting-open");
await page.waitForSelector("#brush");
for (let step = 0; step < 4; step++) await page.keyboard.press("[");
const box = await page.locator("#brush").boundingBox();
const to = (x, y, steps = 1) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps });
// From the pointer to the first look at a smaller side, and to the map at the network's own.
const [waits, rests] = [[], []];
for (let dab = 0; dab < dabs; dab++) {
  await to(0.1 + 0.8 * ((dab * 0.618) % 1), 0.1 + 0.8 * ((dab * 0.382) % 1));
  await forget();
  await page.mouse.down();
  await page.mouse.up();
  await page.waitForFunction(() => window.noted.maps.some((at) => at > window.noted.down));
  await settled();
  const { down, maps } = await noted();
  waits.push(maps.find((at) => at > down) - down);
  rests.push(maps.at(-1) - down);
}
await page.click("#painting-clear");
await settled();
await to(0.05, 0.5);
await page.mouse.down();
await forget();
const began = performance.now();
for (let turn = 0; performance.now() - began < 5000; turn++)
  await to(0.5 + 0.45 * Math.cos(turn / 20), 0.5 + 0.45 * Math.sin(turn / 20));
const stroke = await noted();
const took = (performance.now() - began) / 1000;
await page.mouse.up();
await settled();
await page.click("#painting-open");
await settled();

// The camera.
const frames = () => page.locator("#live").getAttribute("data-frames").then(Number);
await page.click("#camera");
await page.waitForFunction(() => Number(document.getElementById("live")?.dataset.frames) >= 30);
await forget();
const [first, start] = [await frames(), performance.now()];
await page.waitForTimeout(1000 * seconds);
const rate = (1000 * ((await frames()) - first)) / (performance.now() - start);
const { latest } = await noted();
const sideSeen = async () => Number(/(\d+) ×/.exec(await page.locator("#live-rate").textContent())?.[1]);
const side = await sideSeen();
const held = () => page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
await page.waitForFunction(() => Number(document.getElementById("live").dataset.frames) >= 100);
const before = await held();
await page.waitForFunction((many) => Number(document.getElementById("live").dataset.frames) >= many, many);
const after = await held();

// The same by a ResNet-18.
await page.reload();
await settled();
await page.setInputFiles("#own-file", resnet18());
await page.waitForFunction(() => document.getElementById("model-name")?.textContent === "resnet18");
await settled();
await page.click("#camera");
await page.waitForFunction(() => Number(document.getElementById("live")?.dataset.frames) >= 15);
const [larger, since] = [await frames(), performance.now()];
await page.waitForTimeout(1000 * seconds);
const resnet = {
  rate: (1000 * ((await frames()) - larger)) / (performance.now() - since),
  side: await sideSeen(),
};
const version = browser.version();
await browser.close();
server.close();
const found = {
  command: "./build.sh bench live",
  ...circumstances(),
  chromium: version,
  camera: { seconds, rate, side, latest, resnet },
  brush: {
    dabs,
    median: median(waits),
    own: median(rests),
    rate: stroke.maps.length / took,
    latest: stroke.latest,
  },
  memory: { frames: many, before, after },
};
keep("live", found, [
  figure("camera: frames explained", "per second", "more", rate),
  figure("camera: side", "pixels", "more", side),
  figure("camera: latest frame of the page", "ms", "less", latest),
  figure("camera, ResNet-18: frames explained", "per second", "more", resnet.rate),
  figure("brush: pointer to the first map", "ms", "less", waits),
  figure("brush: pointer to the map at the network's side", "ms", "less", rests),
  figure("brush: maps along a stroke", "per second", "more", found.brush.rate),
  figure("brush: latest frame of the page", "ms", "less", stroke.latest),
  figure(`page and worker after ${many} frames`, "MB", "less", after / 1e6),
]);

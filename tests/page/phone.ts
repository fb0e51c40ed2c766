import { writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { root } from "./files.ts";
import { CHROMIUM } from "./playwright.config.ts";
import type { Server } from "./server.ts";

const [WIDTH, HEIGHT, FRAMES] = [640, 480, 8];

/** Chromium's flags for a camera that shows a file, and for the person's yes. */
export const fakeCamera = (file: string): string[] => [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-video-capture=${file}`,
];

const films = new Map<string, Promise<string>>();

/**
 * A film of a phone that shows a drawn bird and is held to a camera: tilted, a little out of focus, in a hand that
 * trembles. The file's path; Chromium plays it over and over. It is made once for all of a worker's tests.
 */
export function phoneFilm(server: Server, species: string, seed: number): Promise<string> {
  const key = `${species} ${seed}`;
  const film = films.get(key) ?? filmed(server, species, seed);
  films.set(key, film);
  return film;
}

async function filmed(server: Server, species: string, seed: number): Promise<string> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.goto(server.page);
  const frames = await page.evaluate(
    async ([species, seed, width, height, count]) => {
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const bird = library.drawBird(species, seed, { side: 448 });
      const screen = new OffscreenCanvas(448, 448);
      screen.getContext("2d")?.putImageData(new ImageData(bird.rgba, 448, 448), 0, 0);
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      if (!context) throw new Error("no canvas");
      return Array.from({ length: count }, (_, frame) => {
        // The desk, lit from a side.
        const desk = context.createLinearGradient(0, 0, width, height);
        desk.addColorStop(0, "#a88a68");
        desk.addColorStop(1, "#5f4c3a");
        context.filter = "none";
        context.fillStyle = desk;
        context.fillRect(0, 0, width, height);
        context.save();
        context.translate(width / 2 + 3 * Math.sin(frame), height / 2 + 2 * Math.cos(2 * frame));
        context.rotate(-0.12 + 0.01 * Math.sin(frame));
        context.transform(1, 0.03, -0.04, 1, 0, 0);
        context.filter = "blur(1.2px)";
        context.fillStyle = "#15171a";
        context.beginPath();
        context.roundRect(-185, -330, 370, 660, 40);
        context.fill();
        context.fillStyle = "#f4f4f2";
        context.fillRect(-172, -300, 344, 600);
        context.drawImage(screen, -172, -172, 344, 344);
        // A lamp mirrors itself in the glass.
        context.fillStyle = "rgb(255 255 255 / 0.08)";
        context.fillRect(-172, -172, 120, 344);
        context.restore();
        const { data } = context.getImageData(0, 0, width, height);
        let text = "";
        for (let at = 0; at < data.length; at += 8192)
          text += String.fromCharCode(...data.subarray(at, at + 8192));
        return btoa(text);
      });
    },
    [species, seed, WIDTH, HEIGHT, FRAMES] as const,
  );
  await browser.close();
  const file = `${root}/target/page-tests/phone-${species.replaceAll(" ", "-")}-${seed}-${process.env.TEST_PARALLEL_INDEX}.y4m`;
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`, "latin1");
  const pictures = frames.flatMap((data) => [
    Buffer.from("FRAME\n", "latin1"),
    planes(Buffer.from(data, "base64")),
  ]);
  writeFileSync(file, Buffer.concat([head, ...pictures]));
  return file;
}

/** Four bytes a pixel as a plane of luma and two of chroma at half the size, by BT.601 in video's range. */
function planes(rgba: Buffer): Buffer {
  const [half, size] = [WIDTH / 2, WIDTH * HEIGHT];
  const out = Buffer.alloc((size * 3) / 2);
  const colour = (x: number, y: number): readonly number[] => {
    const at = 4 * (y * WIDTH + x);
    return [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
  };
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [r = 0, g = 0, b = 0] = colour(x, y);
      out[y * WIDTH + x] = Math.round(16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256);
      if (x % 2 || y % 2) continue;
      const at = (y / 2) * half + x / 2;
      out[size + at] = Math.round(128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256);
      out[size + size / 4 + at] = Math.round(128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256);
    }
  }
  return out;
}

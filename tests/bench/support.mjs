// What the benches share.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

export const root = path.resolve(import.meta.dirname, "../..");

/** What the benches write for themselves. */
export const data = path.join(root, "target/bench");

/** Full ResNet-50 with formula-made weights: the file, made where it isn't there yet. */
export function fullModel() {
  const file = path.join(data, "resnet50.safetensors");
  fs.mkdirSync(data, { recursive: true });
  if (!fs.existsSync(file)) execFileSync(path.join(root, "target/release/c3lrp"), ["formula", "--out", file]);
  return file;
}

/** The bytes of a file as `gzip -9` makes it, which is what `./build.sh` limits; Node's own zlib makes some more. */
export const gzipped = (file) => execFileSync("gzip", ["-9", "-c", file], { maxBuffer: 1 << 28 }).length;

/** When and where something is measured. */
export const circumstances = () => ({
  date: new Date().toISOString().slice(0, 10),
  cores: os.cpus().length,
  processor: os.cpus()[0].model,
});

/** A Chromium with WebGPU: on the software adapter, unless GPU is set. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--enable-unsafe-webgpu",
      ...(process.env.GPU ? [] : ["--use-webgpu-adapter=swiftshader"]),
    ],
  });

/**
 * The times of `count` rounds after one to warm up, and the Chromium that they were taken in. In its page, which has the
 * package under /pkg/ and the bundled models under /models/, `prepare(asked)` makes what each round needs, and
 * `round([made, at, asked])` gives the times of the round with the number `at`. `timed(work)` is there for it: the
 * milliseconds that `work` takes, and what it gives.
 */
export async function inRounds(count, asked, prepare, round) {
  const server = await serve({
    "/pkg/": path.join(root, "pkg"),
    "/models/": path.join(root, "www/public/models"),
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(600_000);
    await page.goto(server.url);
    await page.evaluate(() => {
      globalThis.timed = async (work) => {
        const start = performance.now();
        const done = await work();
        return [performance.now() - start, done];
      };
    });
    const made = await page.evaluateHandle(prepare, asked);
    const all = [];
    for (let at = 0; at <= count; at++) {
      const times = await page.evaluate(round, [made, at, asked]);
      console.log(`round ${at}: ${JSON.stringify(times, (_, it) => (it.toFixed ? Math.round(it) : it))}`);
      if (at > 0) all.push(times);
    }
    return { all, chromium: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * What a worker answers to each message of `asked`, by name, each in a page of its own, and the Chromium's version. `script` is a
 * file of this folder; the worker has the package under /pkg/, the bundled models under /models/ and the full ResNet-50 under /data/.
 */
export async function inWorkers(script, asked) {
  const server = await serve({
    "/pkg/": path.join(root, "pkg"),
    "/data/": data,
    "/models/": path.join(root, "www/public/models"),
    "/bench/": import.meta.dirname,
  });
  const browser = await launch();
  try {
    const answers = {};
    for (const [name, message] of Object.entries(asked)) {
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      page.on("console", (said) => console.log(said.text()));
      await page.goto(server.url);
      answers[name] = await page.evaluate(
        ([script, message]) =>
          new Promise((done, failed) => {
            const worker = new Worker(`/bench/${script}`, { type: "module" });
            worker.onmessage = ({ data }) => done(data);
            worker.onerror = (event) => failed(Error(event.message));
            worker.postMessage(message);
          }),
        [script, message],
      );
      await page.close();
    }
    return { answers, chromium: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

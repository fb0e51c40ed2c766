import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { test as base, expect, type Locator, type Page, type Worker } from "@playwright/test";
import { passOver } from "./abilities.ts";
import { c3lrp, files } from "./files.ts";
import { complete } from "./firefox.ts";
import { Server } from "./server.ts";

export { expect };

/** How browsers tell of what a policy forbids. */
const REFUSED = /Content.Security.Policy|requires 'Trusted/i;

/** The method that the page opens with, by the library's name and its title; presets.test.ts says so of the page. */
export const OPENING = { method: "lrp-epsilon-gamma-box", title: "LRP-εγ box" } as const;

/**
 * A test with a server of its own, and a page that is yet to be opened. Whatever a page does that its
 * Content-Security-Policy forbids fails the test.
 */
export const bare = base.extend<
  { able: undefined; server: Server; forbidden: string[] },
  { completed: undefined }
>({
  completed: [
    async ({ playwright }, use) => {
      complete(playwright.firefox);
      await use(undefined);
    },
    { scope: "worker", auto: true },
  ],
  able: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures off this pattern.
    async ({}, use, test) => {
      passOver(test);
      await use(undefined);
    },
    { auto: true },
  ],
  forbidden: [
    async ({ able: _, context }, use, { project }) => {
      const said: string[] = [];
      // Firefox tells the page alone.
      if (project.name === "firefox")
        await context.addInitScript(() =>
          addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
            console.error(`Content-Security-Policy: ${effectiveDirective} forbids ${blockedURI}`),
          ),
        );
      context.on("console", (message) => {
        if (REFUSED.test(message.text())) said.push(message.text());
      });
      context.on("weberror", (error) => {
        if (REFUSED.test(error.error().message)) said.push(error.error().message);
      });
      await use(said);
      base.expect(said, "the page keeps to its policy").toEqual([]);
    },
    { auto: true },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures off this pattern.
  server: async ({}, use) => {
    const server = new Server(files.small);
    await server.start();
    await use(server);
    server.stop();
  },
});

/** The same, with the page open and its first bird explained. */
export const test = bare.extend({
  page: async ({ page, server }, use) => {
    await open(page, server.page);
    await use(page);
  },
});

/** Opens the page, and waits until its first bird is explained. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await mapShown(page);
}

/** As `open`, for a page that is open already: it opens with its first bird, whatever its address says by now. */
export async function reopen(page: Page): Promise<void> {
  await page.evaluate(() => history.replaceState(null, "", location.pathname + location.search));
  await page.reload();
  await mapShown(page);
}

/** The worker that answers the page. */
export async function workerOf(page: Page): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBe(1);
  const [worker] = page.workers();
  if (!worker) throw new Error("the page has no worker");
  return worker;
}

/**
 * Runs a function first thing in each worker that can use the GPU. Such a one is started when the GPU is asked for: the
 * worker that opens the page can't.
 */
export async function inGpuWorkers<T>(page: Page, run: (given: T) => void, given: T): Promise<void> {
  await page.context().route("**/assets/worker-*.js", async (route) => {
    const answer = await route.fetch();
    const body = `(${run})(${JSON.stringify(given)});\n${await answer.text()}`;
    await route.fulfill({ response: answer, body });
  });
}

/** Takes the paper's own method and filter in place of those that measured best. */
export async function asPublished(page: Page): Promise<void> {
  await page.getByLabel("C3-LRP as published").check();
  await expect(page.locator("#shown-by")).toHaveText("C3-LRP");
  await mapShown(page);
}

const TYPES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", txt: "text/plain" };

/** Drops a file on the page as a browser does: the drag comes in, then the drop, with a DataTransfer. */
export const drop = (page: Page, file: string): Promise<void> =>
  dropBytes(page, [basename(file), readFileSync(file)]);

/** As `drop`, with any number of files that lie on no disk. */
export async function dropBytes(
  page: Page,
  ...given: (readonly [name: string, bytes: Buffer])[]
): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (given) => {
      const transfer = new DataTransfer();
      for (const [name, type, data] of given) {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    },
    given.map(
      ([name, bytes]) => [name, TYPES[name.split(".").at(-1) ?? ""] ?? "", bytes.toString("base64")] as const,
    ),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer });
  await expect(page.locator("#veil")).toBeVisible();
  await page.dispatchEvent("#veil", "dragover", { dataTransfer });
  await page.dispatchEvent("#veil", "drop", { dataTransfer });
  await expect(page.locator("#veil")).toBeHidden();
}

/** Writes a text into a field by its keys: what Playwright fills in is no change to Firefox when the focus goes. */
export async function write(field: Locator, text: string): Promise<void> {
  await field.fill("");
  await field.pressSequentially(text);
}

/** Drops a picture, and waits until the page has taken it. */
export async function dropPicture(page: Page, file: string): Promise<void> {
  await drop(page, file);
  await pictureIs(page, basename(file));
}

/** Waits until the page shows this picture; a map that is shown after that is a map of it. */
export async function pictureIs(page: Page, name: string): Promise<void> {
  const japanese = (await page.locator("html").getAttribute("lang")) === "ja";
  const label = japanese ? `画像、${name}` : `The picture, ${name}`;
  await expect(page.locator("#picture")).toHaveAttribute("aria-label", label);
}

/** Has the birds' network answer for a photograph all the same. */
export async function askAnyway(page: Page): Promise<void> {
  await page.locator("#ask-anyway").click();
  await expect(page.locator("#ask")).toBeHidden();
}

export async function loadWeights(page: Page, file: string): Promise<void> {
  await page.setInputFiles("#own-file", file);
  await expect(page.locator("#model-name")).toHaveText(basename(file, ".safetensors"));
  await expect(page.locator("#loading")).toBeHidden();
}

/** Waits until nothing is going on and a map is there. */
export async function mapShown(page: Page, timeout = 60_000): Promise<void> {
  await expect(page.locator("#tools")).toBeVisible({ timeout });
  await expect(page.locator("#main")).toHaveAttribute("data-busy", "false", { timeout });
  await expect(page.locator("#map")).toBeVisible();
}

/** The class that is marked as explained, and all that are listed. */
export async function classes(page: Page): Promise<{ target: number; top: number[] }> {
  const rows = page.locator("#top button");
  const numbers = await rows.evaluateAll((buttons) => buttons.map((button) => Number(button.dataset.index)));
  const pressed = await rows.evaluateAll((buttons) =>
    buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true"),
  );
  return { target: numbers[pressed] ?? -1, top: numbers };
}

/** The bytes of a canvas, summed up in a string that is equal only if they are. */
export async function canvasHash(page: Page, selector: string): Promise<string> {
  return await page.locator(selector).evaluate(async (node) => {
    const canvas = node as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data ?? new Uint8Array()));
    return `${canvas.width}×${canvas.height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
  });
}

/** The bytes of a canvas; they come as a text, since WebDriver makes an object of each number of a list. */
export async function canvasBytes(canvas: Locator): Promise<number[]> {
  const text = await canvas.evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement;
    const { data } = (node as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height) ?? {};
    let text = "";
    for (const byte of data ?? []) text += String.fromCharCode(byte);
    return btoa(text);
  });
  return [...Buffer.from(text, "base64")];
}

export interface Said {
  target: number;
  probability: number;
  top5: { class: number; probability: number }[];
}

/** What the command line says of a picture. */
export function commandLine(picture: string, weights: string): Said {
  const options = ["explain", picture, "--weights", weights, "--device", "cpu", "--json"];
  return JSON.parse(execFileSync(c3lrp, options, { encoding: "utf8" })) as Said;
}

/** What the library gives by the page's method when called directly: the map's pixels as `canvasHash` has them. */
export async function libraryHash(
  page: Page,
  picture: string,
  weights: string,
  asked: { readonly target?: number; readonly against?: number | "rest" } = {},
): Promise<string> {
  const base64 = [picture, weights].map((file) => readFileSync(file).toString("base64"));
  const method = await page.locator("#method").inputValue();
  return await page.evaluate(
    async ([picture, weights, method, asked]) => {
      const bytes = (data: string) =>
        new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]);
      const library = await import(new URL("/light/here.js", location.href).href);
      await library.default();
      const bitmap = await createImageBitmap(bytes(picture));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context?.drawImage(bitmap, 0, 0);
      const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height);
      const explainer = await library.Explainer.create(bytes(weights), { device: "cpu" });
      const options = { method, ...asked };
      const { map, width, height } = await explainer.explain(
        pixels?.data,
        bitmap.width,
        bitmap.height,
        options,
      );
      const colours: Uint8ClampedArray<ArrayBuffer> = library.heatmap(map, "diverging");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", colours));
      return `${width}×${height} ${Array.from(digest, (byte) => byte.toString(16)).join(" ")}`;
    },
    [base64[0] ?? "", base64[1] ?? "", method, asked] as const,
  );
}

/**
 * A picture of the page, to be looked at. Playwright adds a style to the page for it, which Firefox and WebKit refuse, and
 * tell: that is taken off what was forbidden.
 */
export async function shoot(
  page: Page,
  forbidden: string[],
  options: { readonly path: string; readonly fullPage?: boolean },
): Promise<void> {
  await page.screenshot(options);
  await page.evaluate(() => {});
  const others = forbidden.filter((said) => !said.endsWith("style-src-elem forbids inline"));
  forbidden.splice(0, forbidden.length, ...others);
}

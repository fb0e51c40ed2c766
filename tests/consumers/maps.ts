import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { packed } from "./made.ts";

/** The numbers of an explanation, to be compared with those from elsewhere. */
export interface Found {
  readonly label: string;
  /** The relevance map's values, as a hash. */
  readonly map: string;
}

export const hash = (map: Float32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(map.buffer, map.byteOffset, map.byteLength))
    .digest("hex");

/** What a page leaves as `globalThis.explanation`. */
export async function foundOn(page: Page): Promise<Found> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  const ready = page.waitForFunction(() => "explanation" in globalThis, undefined, { timeout: 120_000 });
  await ready.catch(() => {
    throw new Error(`nothing was explained: ${errors.join("; ")}`);
  });
  return await page.evaluate(async () => {
    const { label, map } = (
      globalThis as unknown as { explanation: { label: string; map: Float32Array<ArrayBuffer> } }
    ).explanation;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", map));
    return { label, map: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  });
}

let known: Promise<Found> | undefined;

/** What Node finds in the same picture, with what was packed. */
export function foundInNode(): Promise<Found> {
  known ??= (async () => {
    const { load } = await import(`${packed}/package/dist/node.js`);
    const data = readFileSync(`${packed}/bird.rgba`);
    const side = Math.sqrt(data.length / 4);
    const { weights } = await import("./made.ts");
    const explainer = await load(weights);
    const { label, map } = await explainer.explain({ data: new Uint8Array(data), width: side, height: side });
    explainer.close();
    return { label, map: hash(map) };
  })();
  return known;
}

import { expect, test } from "@playwright/test";
import { BIRD, block, make, packed, run } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { started, stopped } from "./started.ts";

/** The README's lines, below their imports. */
const [, IMPORTS = "", LINES = ""] =
  /^((?:import .*\n)*)([\s\S]*)$/.exec(block("A picture on a page", "js")) ?? [];
const [, , SERVED = ""] = /^((?:import .*\n)*)([\s\S]*)$/.exec(block("Node", "js")) ?? [];

test("the README's lines with Next, on the page and on the server", async ({ page, request }) => {
  const folder = make("next", {
    "next.config.js": `export default { serverExternalPackages: ["c3lrp"] };`,
    "app/layout.js": `export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
    "app/page.js": `"use client";
      ${IMPORTS}
      import { useEffect } from "react";
      async function explain() {
        ${LINES}
        globalThis.explanation = explanation;
      }
      export default function Page() {
        useEffect(() => void explain(), []);
        return <img src="/bird.png" alt="A bird" />;
      }`,
    "app/explained/route.js": `
      ${IMPORTS}
      import { createHash } from "node:crypto";
      import { readFileSync } from "node:fs";
      export const dynamic = "force-dynamic";
      export async function GET() {
        process.chdir("public");
        const data = readFileSync(${JSON.stringify(`${packed}/bird.rgba`)});
        const width = Math.sqrt(data.length / 4), height = width;
        ${SERVED}
        const map = createHash("sha256").update(new Uint8Array(explanation.map.buffer)).digest("hex");
        return Response.json({ label: explanation.label, map });
      }`,
  });
  await run(folder, "next/dist/bin/next", "build");
  const { page: address, server } = await started(folder, "next/dist/bin/next", "start", "--port", "0");
  try {
    await page.goto(address);
    const found = await foundOn(page);
    expect(found.label).toBe(BIRD.species);
    expect(found).toEqual(await foundInNode());
    expect(await (await request.get(`${address}explained`)).json()).toEqual(found);
  } finally {
    await stopped(server);
  }
});

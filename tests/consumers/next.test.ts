import { expect, test } from "@playwright/test";
import { BIRD, block, make, run } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";
import { started, stopped } from "./started.ts";

/** The README's lines below a heading: their imports, and what follows. */
function lines(heading: string): readonly [imports: string, rest: string] {
  const [, imports = "", rest = ""] = /^((?:import .*\n)*)([\s\S]*)$/.exec(block(heading, "js")) ?? [];
  return [imports, rest];
}

const [IMPORTS, LINES] = lines("A picture on a page");
const [SERVER_IMPORTS, SERVED] = lines("Node");

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
      ${SERVER_IMPORTS}
      import { createHash } from "node:crypto";
      export const dynamic = "force-dynamic";
      export async function GET() {
        process.chdir("public");
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

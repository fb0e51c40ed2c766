import { type ChildProcess, spawn } from "node:child_process";
import { expect, test } from "@playwright/test";
import { BIRD, make, PAGE, root, SCRIPT } from "./made.ts";
import { foundInNode, foundOn } from "./maps.ts";

const MODULE = '<script type="module" src="./main.js"></script>';

/** Starts a server that says its address, and gives both. */
async function started(folder: string, program: string, ...words: string[]) {
  const server = spawn("node", [`${root}/tests/consumers/node_modules/${program}`, ...words], {
    cwd: folder,
  });
  const page = await new Promise<string>((found, failed) => {
    let said = "";
    const read = (text: Buffer): void => {
      said += text.toString();
      const [, address] = /(http:\/\/localhost:\d+)/.exec(said) ?? [];
      if (address) found(`${address}/`);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", () => failed(new Error(`${program} ended:\n${said}`)));
  });
  return { page, server };
}

async function stopped(server: ChildProcess): Promise<void> {
  const ended = new Promise((done) => server.once("exit", done));
  server.kill();
  await ended;
}

for (const vite of ["vite", "vite-7"]) {
  test(`the README's lines with ${vite}'s development server, without configuration`, async ({ page }) => {
    const folder = make(`${vite}-development`, { "index.html": PAGE(MODULE), "main.js": SCRIPT });
    const { page: address, server } = await started(folder, `${vite}/bin/vite.js`, "--port", "0");
    try {
      await page.goto(address);
      const found = await foundOn(page);
      expect(found.label).toBe(BIRD.species);
      expect(found).toEqual(await foundInNode());
    } finally {
      await stopped(server);
    }
  });
}

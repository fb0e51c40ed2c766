import { type ChildProcess, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { root } from "./made.ts";

/** Starts a server that says its address, and gives both. */
export async function started(folder: string, program: string, ...words: string[]) {
  const server = spawn("node", [`${root}/tests/consumers/node_modules/${program}`, ...words], {
    cwd: folder,
  });
  const page = await new Promise<string>((found, failed) => {
    let said = "";
    const read = (text: Buffer): void => {
      said += stripVTControlCharacters(text.toString());
      const [, address] = /(http:\/\/localhost:\d+)/.exec(said) ?? [];
      if (address) found(`${address}/`);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", () => failed(new Error(`${program} ended:\n${said}`)));
  });
  return { page, server };
}

export async function stopped(server: ChildProcess): Promise<void> {
  const ended = new Promise((done) => server.once("exit", done));
  server.kill();
  await ended;
}

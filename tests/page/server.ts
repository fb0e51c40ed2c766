import { readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { dist, root } from "./files.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** What the page itself says that it may do, as hosts are asked to send it (docs/hosting.md). */
export function policy(site = dist): string {
  const index = readFileSync(`${site}/index.html`, "utf8");
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(index)?.[1];
  if (!content) throw new Error("the built index.html has no Content-Security-Policy");
  return content.replaceAll("&#39;", "'");
}

/** What a browser asked this server for. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** Bytes of the request's body. */
  body: number;
}

/** How weights are served. */
export interface Manner {
  /** Whether byte ranges are understood. */
  ranges: boolean;
  /** Milliseconds between the twenty parts of a file. */
  pace: number;
  /** The connection breaks after this part of the file. */
  breakAfter: number;
}

/** Where the page is as well, since it works from any folder. */
const FOLDER = "/some/folder/";

/**
 * The page at `/`, the library at `/pkg/`, the light ones at `/light/`, what `npm pack` makes of it at `/packed/`, the bundled models under their own names at `/models/`, and one
 * weights file at any `/weights/…`.
 */
export class Server {
  manner: Manner = { ranges: true, pace: 0, breakAfter: 1 };
  /** What was asked for under /weights/: the Range header, or "whole". */
  readonly asked: string[] = [];
  /** All that was asked for. */
  readonly requests: Request[] = [];
  /** The folder with the page. */
  site = dist;
  /** Stands between a file of the page and who asks for it: nothing comes back as a 404, a promise as late as it will. */
  alter: (path: string, bytes: Buffer) => Buffer | undefined | Promise<Buffer> = (_, bytes) => bytes;
  /** The weights file. */
  serves: string;
  #port = 0;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  constructor(weights: string) {
    this.serves = weights;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The page; browsers take localhost for a secure place. */
  get page(): string {
    return `http://localhost:${this.#port}/`;
  }
  /** The page, in a folder of its host. */
  get pageInFolder(): string {
    return `http://localhost:${this.#port}${FOLDER}`;
  }
  get weights(): string {
    return `${this.page}weights/model.safetensors`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", this.page).pathname);
    const seen: Request = { method: request.method ?? "", path, body: 0 };
    this.requests.push(seen);
    request.on("data", (data: Buffer) => {
      seen.body += data.length;
    });
    if (path.startsWith("/weights/")) return await this.#serveWeights(request, response);
    const file = this.#file(path);
    const there = !path.includes("..") && statSync(file, { throwIfNoEntry: false })?.isFile();
    const bytes = there ? await this.alter(path, readFileSync(file)) : undefined;
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Security-Policy": `${policy(this.site)}; frame-ancestors 'none'`,
    });
    response.end(bytes);
  }

  #file(path: string): string {
    if (path.startsWith("/pkg/")) return root + path;
    if (path === "/light/here.js") return `${root}/tests/page/here.js`;
    if (path.startsWith("/light/")) return `${root}/www${path}`;
    if (path.startsWith("/packed/")) return `${root}/target/page-tests${path}`;
    if (path.startsWith("/models/")) return `${root}/www/public${path}`;
    const name = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : path.slice(1);
    return `${this.site}/${name || "index.html"}`;
  }

  async #serveWeights(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { ranges, pace, breakAfter } = this.manner;
    const whole = readFileSync(this.serves);
    this.asked.push(request.headers.range ?? "whole");
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    const bytes = whole.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "ETag, Content-Range",
      "Content-Type": "application/octet-stream",
      "Content-Length": bytes.length,
      ETag: '"one"',
      ...(ranges ? { "Accept-Ranges": "bytes" } : {}),
      ...(from > 0 ? { "Content-Range": `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
    });
    const part = Math.ceil(whole.length / 20);
    for (let at = 0; at < bytes.length && !response.destroyed; at += part) {
      if (from + at >= breakAfter * whole.length) {
        response.destroy();
        return;
      }
      response.write(bytes.subarray(at, at + part));
      if (pace > 0) await new Promise((next) => setTimeout(next, pace));
    }
    response.end();
  }
}

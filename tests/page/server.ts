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
};

/** The strict policy that the page must live with; `data:` is for the tests themselves. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; " +
  "connect-src 'self' https: http://127.0.0.1:* data:";

/** How weights are served. */
export interface Manner {
  /** Whether byte ranges are understood. */
  ranges: boolean;
  /** Milliseconds between the twenty parts of a file. */
  pace: number;
  /** The connection breaks after this part of the file. */
  breakAfter: number;
}

/** The page at `/`, the library at `/pkg/`, and one weights file at any `/weights/…`. */
export class Server {
  manner: Manner = { ranges: true, pace: 0, breakAfter: 1 };
  /** What was asked for under /weights/: the Range header, or "whole". */
  readonly asked: string[] = [];
  readonly #weights: string;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  constructor(weights: string) {
    this.#weights = weights;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  /** The page; browsers take localhost for a secure place. */
  get page(): string {
    return `http://localhost:${this.#port}/`;
  }
  /** The weights, at another origin than the page. */
  get weights(): string {
    return `http://127.0.0.1:${this.#port}/weights/model.safetensors`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", this.page).pathname);
    if (path.startsWith("/weights/")) return await this.#serveWeights(request, response);
    const file = path.startsWith("/pkg/") ? root + path : dist + (path === "/" ? "/index.html" : path);
    if (path.includes("..") || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Security-Policy": POLICY,
    });
    response.end(readFileSync(file));
  }

  async #serveWeights(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { ranges, pace, breakAfter } = this.manner;
    const whole = readFileSync(this.#weights);
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

// A static server whose pages may use threads (cross-origin isolation), for the peers' sake.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { sendCopy, TYPES } from "../../www/compressed.js";

const types = { ...TYPES, ".mjs": "text/javascript" };

/** Serves the folders of `mounts` (prefix → folder), a file's copy where there is one that the browser takes, and an empty page at `/` where none of them has one. */
export async function serve(mounts) {
  const server = http.createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const url = asked === "/" && mounts["/"] ? "/index.html" : asked;
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (url === "/") {
      response.setHeader("content-type", "text/html");
      return response.end("<!doctype html><title>bench</title>");
    }
    const mount = Object.keys(mounts).find((prefix) => url.startsWith(prefix));
    const file = mount && path.join(mounts[mount], url.slice(mount.length));
    if (!file?.startsWith(mounts[mount]) || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
      response.statusCode = 404;
      return response.end();
    }
    if (sendCopy(file, request, response)) return;
    response.setHeader("content-type", types[path.extname(file)] ?? "application/octet-stream");
    response.setHeader("content-length", fs.statSync(file).size);
    return fs.createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, done));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

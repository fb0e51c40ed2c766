// Files with a smaller copy beside them, FILE.br by brotli and FILE.gz by gzip, for hosts that send them as they are.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** The types of the files that may have copies. Pictures are small as they are. */
export const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".safetensors": "application/octet-stream",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Smaller files fit into one packet of the network anyway. */
const SMALLEST = 1000;

/** A copy must be smaller than this share of its file: to unpack it takes time too. */
const WORTH = 0.95;

/** By the name that HTTP has for each, the best first: the copy's ending, and what makes it. */
const ENCODINGS = {
  br: {
    ending: ".br",
    pack: (bytes) =>
      promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
  },
  gzip: { ending: ".gz", pack: (bytes) => promisify(gzip)(bytes, { level: 9 }) },
};

/**
 * Writes the copies beside the files of a folder, and gives, by each file's path in it, the bytes of the file and of its
 * copies, by encoding. All of the machine's cores are used.
 */
export async function compress(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => Object.hasOwn(TYPES, extname(name)))
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => statSync(path).isFile() && statSync(path).size > SMALLEST)
    // The largest takes longest, so it goes first.
    .sort((a, b) => statSync(b.path).size - statSync(a.path).size);
  const found = files.map(async ({ name, path }) => {
    const bytes = readFileSync(path);
    const sizes = { raw: bytes.length };
    const copies = Object.entries(ENCODINGS).map(async ([encoding, { ending, pack }]) => {
      const packed = await pack(bytes);
      if (packed.length > WORTH * bytes.length) return;
      writeFileSync(path + ending, packed);
      sizes[encoding] = packed.length;
    });
    await Promise.all(copies);
    return [name, sizes];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** The encodings that an Accept-Encoding header names, but for those that it refuses with `q=0`. */
function accepted(header) {
  return header
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";").map((word) => word.trim()))
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ""))
    .map(([name]) => name);
}

/** The best copy beside a file that a request's header takes: its path and its encoding. */
export function copyOf(file, header = "") {
  const names = accepted(header);
  return Object.entries(ENCODINGS)
    .filter(([name]) => names.includes(name))
    .map(([encoding, { ending }]) => ({ path: file + ending, encoding }))
    .find(({ path }) => existsSync(path));
}

/** Answers a request for a file with its copy, where there is one that the client takes; says whether it did. */
export function sendCopy(file, request, response) {
  const type = TYPES[extname(file)];
  const copy = type && copyOf(file, request.headers["accept-encoding"]);
  if (!copy) return false;
  response.setHeader("content-type", type);
  response.setHeader("content-encoding", copy.encoding);
  response.setHeader("content-length", statSync(copy.path).size);
  // What is between here and the client must not give it to one that takes none.
  response.setHeader("vary", "Accept-Encoding");
  if (request.method === "HEAD") response.end();
  else createReadStream(copy.path).pipe(response);
  return true;
}

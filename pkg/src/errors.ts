import type { SentenceParam, Sentence as Told } from "../c3lrp.js";

/** A message in English, with a stable code and parameters, so that it can be translated. */
export type Sentence = Readonly<Told>;

/** This package's own messages, besides the library's: their codes and parameters. @internal */
export interface Codes {
  /** Downloads; bytes throughout. */
  unreachable: { host: string };
  "server-answered": { host: string; status: string };
  "broke-off": { bytes: number; total: number; kept: number };
  "kept-changed": object;
  integrity: { name: string };
  "integrity-form": { integrity: string };
  "integrity-insecure": object;
  /** How a download continues; these are no errors. */
  "download-resumes": { bytes: number };
  "cannot-resume": object;
  "file-changed": object;
  "kept-lost": object;
  "no-room": object;
  /** Pictures. */
  "picture-unreachable": { name: string };
  unreadable: { name: string };
  empty: { name: string };
  "picture-file": { name: string; bytes: number; most: number };
  "picture-megapixels": { name: string; megapixels: number; most: number };
  "picture-side": { name: string; width: number; height: number; most: number };
  "picture-heic": { name: string };
  "picture-kind": { name: string; kind: string };
  "picture-broken": { name: string };
  "picture-blank": { name: string };
  "picture-tainted": { name: string };
  "picture-pixels": { width: number; height: number; values: number };
  "picture-source": object;
  "picture-node": object;
  canvas: object;
  "canvas-lies": object;
  /** The worker. */
  "not-started": { remedy: string };
  "wasm-not-started": object;
  stopped: object;
  closed: object;
  "over-node": object;
  "weights-unreadable": { name: string };
  "birds-missing": object;
  "birds-network": { network: string; known: string };
  "labels-count": { names: number; classes: number };
  "workers-count": { workers: string };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const TEXTS: { readonly [C in keyof Codes]: (about: Codes[C]) => string } = {
  unreachable: ({ host }) =>
    `${host}, or a server that it sends downloads on to, could not be reached, or does not let other pages fetch from it (CORS).`,
  "server-answered": ({ host, status }) => `${host} answered “${status}” instead of the file.`,
  "broke-off": ({ bytes, total, kept }) =>
    `The download broke off at ${megabytes(bytes)}${total > 0 ? ` of ${megabytes(total)}` : ""}. ${
      kept > 0 ? `Called again, it goes on from ${megabytes(kept)}.` : "Nothing of it could be kept."
    }`,
  "kept-changed": () =>
    "What this browser kept of the file has changed since it was downloaded, so it was thrown away. Download it again.",
  integrity: ({ name }) => `“${name}” is another file than was asked for: its hash differs.`,
  "integrity-form": ({ integrity }) =>
    `integrity must be sha256-, sha384- or sha512- and a hash in base64, and is “${integrity}”.`,
  "integrity-insecure": () =>
    "A browser computes hashes in secure contexts only: open the page by https or on localhost.",
  "download-resumes": ({ bytes }) => `The download goes on from ${megabytes(bytes)}.`,
  "cannot-resume": () => "This server cannot resume a download, so it starts over.",
  "file-changed": () => "The file on the server has changed, so the download starts over.",
  "kept-lost": () => "The browser has thrown away part of the kept file, so it is downloaded again.",
  "no-room": () =>
    "The browser has no room to keep all of the file, or may not. It lasts until the page is closed.",
  "picture-unreachable": ({ name }) =>
    `“${name}” could not be fetched: its server could not be reached, has no such file, or does not let other pages fetch from it (CORS).`,
  unreadable: ({ name }) => `“${name}” could not be read. It may be a folder, or it was moved or changed.`,
  empty: ({ name }) => `“${name}” is empty.`,
  "picture-file": ({ name, bytes, most }) =>
    `“${name}” is a file of ${megabytes(bytes)}; pictures have at most ${megabytes(most)}.`,
  "picture-megapixels": ({ name, megapixels, most }) =>
    `“${name}” has ${megapixels} megapixels; pictures have at most ${most}.`,
  "picture-side": ({ name, width, height, most }) =>
    `“${name}” is ${width} × ${height} pixels; a side has at most ${most}.`,
  "picture-heic": ({ name }) =>
    `“${name}” is a HEIC picture, which this browser cannot read. Save it as JPEG.`,
  "picture-kind": ({ name, kind }) =>
    `“${name}” is a file of the kind ${kind}, which this browser cannot read as a picture. Save it as JPEG, PNG or WebP.`,
  "picture-broken": ({ name }) =>
    `“${name}” could not be read as a picture. It is broken, or of a kind that this browser does not know.`,
  "picture-blank": ({ name }) => `“${name}” has no pixels (yet). Wait until it is loaded.`,
  "picture-tainted": ({ name }) =>
    `“${name}” comes from another origin, and the browser lets no page read its pixels. Give its element the attribute crossorigin="anonymous", and have its server send Access-Control-Allow-Origin.`,
  "picture-pixels": ({ width, height, values }) =>
    `A picture of ${width} × ${height} pixels has 4 · ${width} · ${height} bytes, and not ${values}.`,
  "picture-source": () =>
    "A picture is an address, a Blob, an <img>, <video> or canvas, an ImageBitmap, a VideoFrame, or RGBA bytes with width and height.",
  "picture-node": () =>
    "Node decodes no pictures. Decode the file first, by the package sharp say: sharp(file).ensureAlpha().raw(), and give { data, width, height } with four bytes a pixel.",
  canvas: () => "The browser refused a canvas to read the picture with.",
  "canvas-lies": () =>
    "This browser changes the pixels that a page reads from a canvas, to protect its user from being recognised. " +
    "Maps would be wrong, so none are made. Allow this page to read canvases.",
  "not-started": ({ remedy }) => `The worker could not be fetched or started. ${remedy}`,
  "wasm-not-started": () =>
    "c3lrp_bg.wasm could not be fetched or started. Where a bundler did not take it along, give load its address as wasm. A Content-Security-Policy needs script-src 'wasm-unsafe-eval'.",
  stopped: () =>
    "The worker stopped unexpectedly, for want of memory as a rule. The next call starts another.",
  closed: () => "This explainer is closed.",
  "over-node": () => "Node has no page to lay a map over. overlay() gives its colours.",
  "weights-unreadable": ({ name }) => `“${name}” could not be read. Check that the file is there.`,
  "birds-missing": () =>
    "The networks of the birds are in the package c3lrp-birds, which could not be found. Install it beside this one.",
  "birds-network": ({ network, known }) =>
    `There is no network of the birds “${network}”; there are ${known}.`,
  "labels-count": ({ names, classes }) => `${names} labels were given for ${classes} classes.`,
  "workers-count": ({ workers }) => `workers is ${workers}; a whole number from 1 up was expected.`,
};

/** Makes one of this package's messages. @internal */
export const sentence = <C extends keyof Codes>(code: C, about: Codes[C]): Sentence => ({
  code,
  params: { ...about } as Record<string, SentenceParam>,
  text: TEXTS[code](about),
});

/**
 * An error from either side of the worker. `name` is one of the library's (`WeightsError`,
 * `PictureError`, `LabelsError`, `OptionsError`, `DeviceError`, `DeviceLost`, `DeviceWrong`), `DownloadError`, or
 * `WorkerError`; `code` is stable between versions, `params` are its parameters, and `message` is the text
 * in English.
 */
export class LibraryError extends Error {
  readonly code: string;
  readonly params: Sentence["params"];

  /** @internal */
  constructor(
    override readonly name: string,
    { code, params, text }: Sentence,
    options?: ErrorOptions,
  ) {
    super(text, options);
    this.code = code;
    this.params = params;
  }
}

/** Cancelled work. @internal */
export class Cancelled extends DOMException {
  constructor() {
    super("The work was called off.", "AbortError");
  }
}

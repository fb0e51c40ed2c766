import type { Formats } from "../formats";

const WEIGHTS = ".safetensors, or a PyTorch checkpoint (.pth, .pt, .bin, .ckpt)";

/** What went wrong, and what to do about it. */
export const errors = (f: Formats) => ({
  unknown: "Something went wrong, and the browser does not say what. Reload the page.",
  stopped:
    "The engine stopped unexpectedly and was started again. Your picture is still here: try again. " +
    "If it stops again, close other tabs to free memory, or choose another network.",
  notStarted:
    "The program that explains pictures could not be fetched or started. Check the connection and try again.",

  noFile: "That drop held no file. Save the picture first, then drop or choose the file.",
  strangeFile: (name: string) =>
    `“${name}” is neither a picture, nor weights (${WEIGHTS}), nor a .txt, .json or .csv list of class names. Drop one of these.`,
  unreadable: (name: string) =>
    `“${name}” could not be read. It may be a folder, or it was moved or changed. Drop the file itself.`,
  empty: (name: string) => `“${name}” is empty. Drop a file that has something in it.`,
  notShared:
    "The shared picture did not arrive: it was taken already, or there was no room for it. Share it again, or choose its file here.",
  sample: "The sample picture could not be fetched. Reload the page, or drop a picture of your own.",

  pictureFile: ({ name, bytes, most }: { name: string; bytes: number; most: number }) =>
    `“${name}” is a file of ${f.bytes(bytes)}, and this page takes pictures of at most ${f.bytes(most)}. Save it smaller, as JPEG, PNG or WebP, and drop it again.`,
  pictureMegapixels: ({ name, megapixels, most }: { name: string; megapixels: number; most: number }) =>
    `“${name}” has ${f.count(megapixels)} megapixels, and this page takes at most ${f.count(most)}. Make it smaller and drop it again: networks look at far fewer pixels anyway.`,
  pictureSide: ({
    name,
    width,
    height,
    most,
  }: {
    name: string;
    width: number;
    height: number;
    most: number;
  }) =>
    `“${name}” is ${f.count(width)} × ${f.count(height)} pixels, and this page takes at most ${f.count(most)} along a side. Crop it and drop it again.`,
  pictureHeic: (name: string) =>
    `“${name}” is a HEIC picture, which this browser cannot read. Save it as JPEG and drop it again. ` +
    "iPhones do this by themselves after Settings, Camera, Formats, Most Compatible.",
  pictureKind: ({ name, kind }: { name: string; kind: string }) =>
    `“${name}” is a file of the kind ${kind}, which this browser cannot read as a picture. Save it as JPEG, PNG or WebP and drop it again.`,
  pictureBroken: (name: string) =>
    `“${name}” could not be read as a picture. It is broken, or of a kind that this browser does not know. Save it as JPEG, PNG or WebP and drop it again.`,
  saving: "The file could not be made: what it would hold does not fit together. Explain the picture again.",
  canvas: "The browser refused a canvas to read the picture with. Reload the page.",
  canvasLies:
    "This browser changes the pixels that a page reads from a picture, to protect you from being recognised. " +
    "Maps of your own pictures would be wrong, so they are not made here. " +
    "Allow this page to read canvases, or use another browser. Drawn birds work all the same.",

  labelsFile: ({ name, bytes, most }: { name: string; bytes: number; most: number }) =>
    `“${name}” has ${f.bytes(bytes)}, and a list of class names has at most ${f.bytes(most)}. Choose another file.`,
  labelsCount: ({ name, names, classes }: { name: string; names: number; classes: number }) =>
    `“${name}” names ${f.count(names)} classes, and this network has ${f.count(classes)}. Drop the list that belongs to it.`,

  partsAlone: "This is the list of a network's parts. Drop the parts together with it.",
  partsMissing: (names: readonly string[]) =>
    `Of these weights, ${f.list(names.map((name) => `“${name}”`))} ${names.length > 1 ? "are" : "is"} missing. Drop all parts together.`,
  partsFew: ({ name, all, given }: { name: string; all: number; given: number }) =>
    `“${name}” is one of ${f.count(all)} parts of a network, and ${f.count(given)} ${given > 1 ? "were" : "was"} given. Drop all parts together.`,
  configAlone: (names: readonly string[]) =>
    `${f.list(names.map((name) => `“${name}”`))} describes a network that is not loaded. Drop it together with its weights, or after them.`,

  bundled: (title: string) =>
    `The network “${title}”, which comes with this page, could not be fetched. Reload the page, or choose another network.`,
  unreachable: (host: string) =>
    `${host}, or a server that it sends downloads on to, could not be reached, or does not let other pages fetch from it. ` +
    "Check the connection and try again, or choose a weights file from your disk.",
  serverAnswered: ({ host, status }: { host: string; status: string }) =>
    `${host} answered “${status}” instead of the weights. Try again later, or choose a weights file from your disk.`,
  brokeOff: ({ bytes, total, kept }: { bytes: number; total: number; kept: number }) =>
    `The download broke off at ${total > 0 ? f.bytesOf(bytes, total) : f.bytes(bytes)}. ${
      kept > 0
        ? `Press Resume to go on from ${kept === bytes ? "there" : f.bytes(kept)}.`
        : "Nothing of it could be kept. Start it again when the connection holds."
    }`,
  keptChanged:
    "What this browser kept of the weights has changed since it was downloaded, so it was thrown away. Download them again.",
  downloadResumes: (bytes: number) => `Going on from ${f.bytes(bytes)}.`,
  cannotResume: "This server cannot resume a download, so it starts over.",
  fileChanged: "The file on the server has changed, so the download starts over.",
  keptLost: "The browser has thrown away part of the kept weights, so they are downloaded again.",
  noRoom:
    "The browser has no room to keep all of these weights, or may not. They last until this page is closed.",

  hubName:
    "Write the name of a network on huggingface.co as owner/name, such as timm/resnet34.tv_in1k, or give its page's address.",
  hubMissing: ({ name, revision, host }: { name: string; revision: string | undefined; host: string }) =>
    `There is no open network “${name}”${revision ? ` with “${revision}”` : ""} on ${host}. Check the name, which is written owner/name.`,
  hubGated: (name: string) =>
    `“${name}” is open only to people whom its author has let in. Download its files yourself, and drop them here.`,
  hubStrange: ({ name, host }: { name: string; host: string }) =>
    `This page does not understand what ${host} says about “${name}”.`,
  hubUnreachable: (host: string) =>
    `The server ${host} could not be reached. Check the connection and try again.`,
  hubAnswered: ({ name, host, status }: { name: string; host: string; status: string }) =>
    `Asked for “${name}”, ${host} answered “${status}”. Try again later.`,
  hubNoFile: ({ name, file }: { name: string; file: string }) => `“${name}” has no file “${file}”.`,
  hubPartsMissing: (name: string) => `“${name}” lists parts of its weights that are not there.`,
  hubSeveral: ({ name, count, some }: { name: string; count: number; some: readonly string[] }) =>
    `“${name}” has ${f.count(count)} files with weights (${some.join(", ")}${count > some.length ? ", …" : ""}). Give the address of the one that you mean.`,
  hubNoWeights: (name: string) => `“${name}” has no weights that this page reads: neither ${WEIGHTS}.`,
  hubConfig: (name: string) => `The config.json of “${name}” cannot be read.`,
  hubKind: ({ name, kind }: { name: string; kind: string }) =>
    `“${name}” is of the kind “${kind}”, and this page explains ResNets and VGGs. Nothing of it was downloaded.`,
  hubChecksum: (file: string) =>
    `“${file}” is not what its author published: its SHA-256 differs. It was thrown away. Download it again.`,

  /** Of a browser that is too old, what it lacks. */
  browser: (lacks: readonly string[]) =>
    `This browser cannot run the page: it lacks ${f.list(lacks)}. Use Chrome or Edge 123, Firefox 122, Safari 17.5, or newer.`,
  lacks: {
    wasm: "WebAssembly",
    simd: "SIMD in WebAssembly",
    canvas: "a canvas outside the page (OffscreenCanvas)",
    workers: "workers made of modules",
  },
});

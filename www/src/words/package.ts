import type { Codes, Sentence } from "c3lrp/client";
import type { Catalogue } from "./en";
import type { Words } from "./words";

/** The page's own texts for the package's messages. Those that can't occur on this page are missing. */
const SAID: { readonly [C in keyof Codes]?: (t: Catalogue["errors"], about: Codes[C]) => string } = {
  unreachable: (t, { host }) => t.unreachable(host),
  "server-answered": (t, about) => t.serverAnswered(about),
  "broke-off": (t, about) => t.brokeOff(about),
  "kept-changed": (t) => t.keptChanged,
  "download-resumes": (t, { bytes }) => t.downloadResumes(bytes),
  "cannot-resume": (t) => t.cannotResume,
  "file-changed": (t) => t.fileChanged,
  "kept-lost": (t) => t.keptLost,
  "no-room": (t) => t.noRoom,
  unreadable: (t, { name }) => t.unreadable(name),
  empty: (t, { name }) => t.empty(name),
  "picture-file": (t, about) => t.pictureFile(about),
  "picture-megapixels": (t, about) => t.pictureMegapixels(about),
  "picture-side": (t, about) => t.pictureSide(about),
  "picture-heic": (t, { name }) => t.pictureHeic(name),
  "picture-kind": (t, about) => t.pictureKind(about),
  "picture-broken": (t, { name }) => t.pictureBroken(name),
  canvas: (t) => t.canvas,
  "canvas-lies": (t) => t.canvasLies,
  "not-started": (t) => t.notStarted,
  "wasm-not-started": (t) => t.notStarted,
  stopped: (t) => t.stopped,
};

/** A message of the package in the page's words; undefined for the library's own messages. */
export function packageText({ t }: Words, { code, params }: Omit<Sentence, "text">): string | undefined {
  const say = Object.hasOwn(SAID, code) ? SAID[code as keyof Codes] : undefined;
  return (say as ((t: Catalogue["errors"], about: object) => string) | undefined)?.(t.errors, params);
}

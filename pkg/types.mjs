// Makes of the types that wasm-bindgen writes what every project can read: `node pkg/types.mjs`, after it.
//
// They name what is in the browser's types alone, and what is in newer libraries of TypeScript alone, and list the
// wasm's own functions. A project with Node's types, or with TypeScript 5.7, would refuse them.
import fs from "node:fs";

const file = new URL("c3lrp.d.ts", import.meta.url);
const DONE = "// Read by every project: pkg/types.mjs.\n";

const HEAD = `${DONE}import type { Dom } from "./dist/dom.js";

declare global {
  interface SymbolConstructor {
    /** As TypeScript's library "esnext.disposable" has it, for who has another. */
    readonly dispose: unique symbol;
  }
}

/** WebAssembly's own types, where they are known. */
export {};

type Compiled = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never;
type Memories = typeof globalThis extends { WebAssembly: { Memory: { prototype: infer Memory } } } ? Memory : unknown;

`;

/** What is written otherwise: a pattern that is there, and what takes its place. */
const CHANGES = [
  [
    /export type InitInput = [^;]*;/,
    'export type InitInput = string | URL | Dom<"Request"> | Dom<"Response"> | ArrayBuffer | ArrayBufferView | Compiled;',
  ],
  [
    /export interface InitOutput \{[^}]*\}/,
    "export interface InitOutput {\n    readonly memory: Memories;\n}",
  ],
  [
    /export type SyncInitInput = [^;]*;/,
    "export type SyncInitInput = ArrayBuffer | ArrayBufferView | Compiled;",
  ],
  // What the library gives is in memory of its own; an ImageData asks for that.
  [/\): Uint8ClampedArray;/g, "): Uint8ClampedArray<ArrayBuffer>;"],
];

const text = fs.readFileSync(file, "utf8");
if (!text.startsWith(DONE)) {
  const changed = CHANGES.reduce((text, [pattern, place]) => {
    if (text.search(pattern) < 0)
      throw new Error(`c3lrp.d.ts has no ${pattern} any more: mend pkg/types.mjs`);
    return text.replace(pattern, place);
  }, text);
  fs.writeFileSync(file, HEAD + changed.replace(/^\/\* (tslint|eslint).*\*\/\n/gm, ""));
}

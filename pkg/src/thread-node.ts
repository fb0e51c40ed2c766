/** Runs the worker in a Node thread: provides what worker.ts needs of a browser's worker before it starts. */
import { parentPort } from "node:worker_threads";
import type { Call } from "./protocol.js";

const port = parentPort;
if (!port) throw new Error("thread-node.js is started by node.js, as a thread.");

/** The parts of a worker's global scope that a Node thread provides. */
interface Here {
  onmessage?: (event: { readonly data: Call }) => void;
}

Object.assign(globalThis, {
  self: globalThis,
  postMessage: (message: unknown, transfer: readonly unknown[] = []) => port.postMessage(message, transfer),
  // An error outside a call ends the thread, and Node reports that.
  addEventListener: () => {},
});

await import("./worker.js");
port.on("message", (data: Call) => (globalThis as unknown as Here).onmessage?.({ data }));

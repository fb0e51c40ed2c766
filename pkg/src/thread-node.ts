/** The worker in a thread of Node's: what worker.ts asks of a browser's worker is given to it before it starts. */
import { parentPort } from "node:worker_threads";
import type { Call } from "./protocol.js";

const port = parentPort;
if (!port) throw new Error("thread-node.js is started by node.js, as a thread.");

/** What a thread of Node's is taken for. */
interface Here {
  onmessage?: (event: { readonly data: Call }) => void;
}

Object.assign(globalThis, {
  self: globalThis,
  postMessage: (message: unknown, transfer: readonly unknown[] = []) => port.postMessage(message, transfer),
  // What breaks outside of a call ends the thread, which Node tells of.
  addEventListener: () => {},
});

await import("./worker.js");
port.on("message", (data: Call) => (globalThis as unknown as Here).onmessage?.({ data }));

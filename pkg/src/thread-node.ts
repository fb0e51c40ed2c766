/** The worker in a thread of Node's: what worker.ts asks of a browser's worker is given to it before it starts. */
import { parentPort } from "node:worker_threads";
import type { Call } from "./protocol.js";

const port = parentPort;
if (!port) throw new Error("thread-node.js is started by node.js, as a thread.");

/** What breaks outside of a call ends the thread, which is told of it by Node. */
const self = {
  onmessage: undefined as ((event: { readonly data: Call }) => void) | undefined,
  postMessage: (message: unknown, transfer: readonly unknown[] = []) => port.postMessage(message, transfer),
  addEventListener: () => {},
};
Object.assign(globalThis, { self });

await import("./worker.js");
port.on("message", (data: Call) => self.onmessage?.({ data }));

import type { Call } from "c3lrp/client";
import { lightest } from "./lightest";
import { moduleWorker } from "./workers";

/** The weights of the network that the page opens with. */
export const BIRDS_URL = new URL("../public/models/birds-resnet50.safetensors", import.meta.url).href;

let worker: Worker | undefined;
/** What the worker says before anybody listens. */
const said: Event[] = [];
const hear = (event: Event): void => void said.push(event);
const KINDS = ["message", "error"];
let weights: Promise<Response> | undefined;

/**
 * Begins what the first map waits for, all at once and before the page's own code is there: the worker, the wasm that it
 * will run, and the weights of the network that the page opens with.
 */
export function begin(): void {
  const light = lightest();
  worker = moduleWorker(light.worker);
  const { port1, port2 } = new MessageChannel();
  worker?.postMessage({ id: 0, kind: "begin", wasm: port2 } satisfies Call, [port2]);
  void compiled(light.wasm).then((module) => port1.postMessage(module));
  for (const kind of KINDS) worker?.addEventListener(kind, hear);
  // An address with more in it may ask for another network.
  if (location.search || location.hash) return;
  weights = fetch(BIRDS_URL);
  // Whoever takes it hears of a failure.
  weights.catch(() => {});
}

/** The wasm, fetched and compiled while the worker starts; where that fails, the worker tries it itself, and says why. */
async function compiled(url: string): Promise<WebAssembly.Module | undefined> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) return undefined;
    // Not every host knows the type by which it can be compiled as it comes.
    const streams = answer.headers.get("Content-Type")?.startsWith("application/wasm");
    return await (streams
      ? WebAssembly.compileStreaming(answer)
      : WebAssembly.compile(await answer.arrayBuffer()));
  } catch {
    return undefined;
  }
}

/** The worker that was started first, for whoever asks first; what it has said already is said again. */
export function firstWorker(): Worker | undefined {
  const taken = worker;
  worker = undefined;
  for (const kind of KINDS) taken?.removeEventListener(kind, hear);
  queueMicrotask(() => {
    for (const event of said.splice(0)) taken?.dispatchEvent(event);
  });
  return taken;
}

/** The answer with the weights of an address, if they were asked for first; for whoever asks first. */
export function firstWeights(url: string): Promise<Response> | undefined {
  if (url !== BIRDS_URL) return undefined;
  const taken = weights;
  weights = undefined;
  return taken;
}

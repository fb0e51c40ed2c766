import type { Call } from "c3lrp/client";
import { lightestUrl } from "./lightest";
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
 * Begins what the first map waits for, before the page's own code is there: the worker, which fetches and starts the
 * library meanwhile, and the weights of the network that the page opens with.
 */
export function begin(): void {
  worker = moduleWorker(lightestUrl());
  worker?.postMessage({ id: 0, kind: "begin" } satisfies Call);
  for (const kind of KINDS) worker?.addEventListener(kind, hear);
  // An address with more in it may ask for another network.
  if (location.search || location.hash) return;
  weights = fetch(BIRDS_URL);
  // Whoever takes it hears of a failure.
  weights.catch(() => {});
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

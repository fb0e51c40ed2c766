import init, { type CreateOptions, Explainer, fullColour, heatmap, type OnProgress } from "c3lrp";
import { type Call, LEGEND, type Pixels, type Reply } from "./protocol";

declare const self: DedicatedWorkerGlobalScope;

const ready = init();
let explainer: Explainer | undefined;
let pixels: Pixels | undefined;

const reply = (message: Reply, transfer: Transferable[] = []): void => self.postMessage(message, transfer);

async function create(call: Call & { kind: "create" }, onProgress: OnProgress): Promise<void> {
  await ready;
  explainer?.free();
  explainer = undefined;
  const options: CreateOptions = { device: call.device, onProgress };
  explainer = await Explainer.create(call.weights, options);
  reply({ id: call.id, kind: "created", info: explainer.info });
}

async function explain(call: Call & { kind: "explain" }, onProgress: OnProgress): Promise<void> {
  pixels = call.pixels ?? pixels;
  if (!explainer || !pixels) throw new Error("The engine has no weights or no picture yet.");
  const { rgba, width, height } = pixels;
  const { relevance: _, ...rest } = await explainer.explain(rgba, width, height, {
    ...call.options,
    onProgress,
  });
  const scale = fullColour(rest.map, "diverging");
  const diverging = Uint8ClampedArray.from(heatmap(rest.map, "diverging", scale));
  const overlay = Uint8ClampedArray.from(heatmap(rest.filtered, "overlay"));
  const ramp = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
  const legend = Uint8ClampedArray.from(heatmap(ramp, "diverging", 1));
  const explained = { ...rest, device: explainer.info.device, diverging, overlay, legend, scale };
  reply({ id: call.id, kind: "explained", explained }, [diverging.buffer, overlay.buffer]);
}

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const onProgress: OnProgress = (done, total, what) =>
    reply({ id: call.id, kind: "progress", done, total, what });
  try {
    await (call.kind === "create" ? create(call, onProgress) : explain(call, onProgress));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    reply({ id: call.id, kind: "failed", name, message });
  }
};

// A trap inside the library's asynchronous code rejects no promise that anyone holds.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

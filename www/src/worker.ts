import init, {
  type CreateOptions,
  drawBird,
  Explainer,
  type Explanation,
  fullColour,
  heatmap,
  type OnProgress,
  relevanceMass,
  species,
} from "c3lrp";
import {
  type AskedBird,
  type Call,
  LEGEND,
  type Mass,
  type Pixels,
  type Reply,
  type Truth,
} from "./protocol";

declare const self: DedicatedWorkerGlobalScope;

/** Weights of up to so many bytes are read in one go: a read for each tensor takes longer than the rest. */
const SMALL = 16e6;

const ready = init();
let explainer: Explainer | undefined;
let pixels: Pixels | undefined;

const reply = (message: Reply, transfer: Transferable[] = []): void => self.postMessage(message, transfer);

async function create(call: Call & { kind: "create" }, onProgress: OnProgress): Promise<void> {
  explainer?.free();
  explainer = undefined;
  const options: CreateOptions = { device: call.device, onProgress };
  const small = call.weights.size <= SMALL;
  const weights = small ? new Uint8Array(await call.weights.arrayBuffer()) : call.weights;
  explainer = await Explainer.create(weights, options);
  reply({ id: call.id, kind: "created", info: explainer.info });
}

async function explain(call: Call & { kind: "explain" }, onProgress: OnProgress): Promise<void> {
  pixels = call.pixels ?? pixels;
  if (!explainer || !pixels) throw new Error("The engine has no weights or no picture yet.");
  const { rgba, width, height, truth } = pixels;
  const { relevance: _, ...rest } = await explainer.explain(rgba, width, height, {
    ...call.options,
    onProgress,
  });
  const scale = fullColour(rest.map, "diverging");
  const diverging = Uint8ClampedArray.from(heatmap(rest.map, "diverging", scale));
  const overlay = Uint8ClampedArray.from(heatmap(rest.filtered, "overlay"));
  const ramp = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
  const legend = Uint8ClampedArray.from(heatmap(ramp, "diverging", 1));
  const { device } = explainer.info;
  const explained = { ...rest, device, diverging, overlay, legend, scale, masses: masses(rest, truth) };
  reply({ id: call.id, kind: "explained", explained }, [diverging.buffer, overlay.buffer]);
}

/** The masks are those of the picture, so the map has to cover just that. */
function masses({ map, filtered }: Omit<Explanation, "relevance">, truth: Truth | undefined): Mass[] {
  const known = (["whole", "deciding", "tag"] as const).filter((on) => truth?.[on]?.length === map.length);
  return known.map((on) => {
    const mask = truth?.[on] ?? new Uint8Array();
    const area = mask.reduce((a, b) => a + b, 0) / mask.length;
    return { on, area, before: relevanceMass(map, mask), after: relevanceMass(filtered, mask) };
  });
}

function draw(id: number, { species, seed, ...options }: AskedBird): void {
  const bird = drawBird(species, seed, options);
  reply({ id, kind: "drawn", bird });
}

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const { id } = call;
  const onProgress: OnProgress = (done, total, what) => reply({ id, kind: "progress", done, total, what });
  try {
    await ready;
    if (call.kind === "create") await create(call, onProgress);
    else if (call.kind === "explain") await explain(call, onProgress);
    else if (call.kind === "draw") draw(id, call.bird);
    else reply({ id, kind: "species", species: species() });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    reply({ id, kind: "failed", name, message });
  }
};

// A trap inside the library's asynchronous code rejects no promise that anyone holds.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

// What a worker holds while it explains: the wasm heap, which never shrinks, the GPU's buffers, and the
// pieces of the weights that were read and not yet collected as garbage.
// `memory.mjs` starts it with { device, model, explanations, gibibytes }, the last being the memory that the browser says
// the machine has, if it is to say something else than the truth; it answers with bytes, phase by phase.

const kinds = ["heap", "gpu", "pieces"];
const bytes = { gpu: 0, pieces: 0 };
let memory;
const held = () => ({ ...bytes, heap: memory?.buffer.byteLength ?? 0 });
const sum = (held) => kinds.reduce((sum, kind) => sum + held[kind], 0);

/** The phases, in order: what was held at most in each of them, and at its end. */
const phases = [];
function enter(name) {
  note();
  phases.push({ name, most: held(), end: held() });
}
function note() {
  const now = held();
  const phase = phases.at(-1);
  if (!phase) return;
  phase.end = now;
  if (sum(now) > sum(phase.most)) phase.most = now;
}

// What is made is held until it is destroyed, or until the garbage collector finds that nobody has it.
const collected = new FinalizationRegistry((release) => release());
function hold(kind, object, size) {
  let left = size;
  const release = () => {
    bytes[kind] -= left;
    left = 0;
    note();
  };
  bytes[kind] += size;
  collected.register(object, release);
  note();
  return release;
}

const { arrayBuffer } = Blob.prototype;
Blob.prototype.arrayBuffer = async function () {
  const piece = await arrayBuffer.call(this);
  hold("pieces", piece, piece.byteLength);
  return piece;
};

if (globalThis.GPUDevice) {
  const releases = new WeakMap();
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    releases.set(buffer, hold("gpu", buffer, descriptor.size));
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function () {
    releases.get(this)?.();
    destroy.call(this);
  };
}

/** Another picture for each explanation. */
const picture = (round) =>
  Float32Array.from(
    { length: 3 * 224 * 224 },
    (_, i) => Math.sin(i * 0.37 + round) + 0.5 * Math.cos(i * 0.011),
  );

addEventListener("message", async ({ data: { device, model, explanations, gibibytes } }) => {
  if (gibibytes) Object.defineProperty(navigator, "deviceMemory", { value: gibibytes });
  enter("start");
  const { default: init, Explainer } = await import("/pkg/c3lrp.js");
  ({ memory } = await init());
  const weights = await (await fetch(model)).blob();
  const onProgress = (_done, _total, what) => {
    if (what !== phases.at(-1).name) enter(what);
    note();
  };
  const explainer = await Explainer.create(weights, { device, onProgress });
  const after = [];
  for (let round = 0; round < explanations; round++) {
    if (round < 2) enter(["first explanation", "further explanations"][round]);
    const explained = await explainer.explainTensor(picture(round), 224, 224, {});
    await explained.explain({ target: round % explainer.info.classes });
    explained.free();
    note();
    after.push(held());
    if (round % 10 === 0) console.log(`${device}, ${model}: ${round + 1} of ${explanations} explanations`);
  }
  postMessage({ adapter: explainer.info.adapter, weights: 4 * explainer.info.parameters, phases, after });
});

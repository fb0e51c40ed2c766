// What an explanation asks of the GPU: the calls of WebGPU are counted from before the library starts.
// `dispatches.mjs` starts it with a model's address; it answers with the counts of each step.

const kinds = [
  "dispatches",
  "passes",
  "submits",
  "writes",
  "written",
  "copies",
  "copied",
  "buffers",
  "maps",
  "waits",
];
const counts = Object.fromEntries(kinds.map((kind) => [kind, 0]));
/** Buffers that are being mapped. */
let pending = 0;

/** Calls `note` with the arguments of each call of a method, and the method after it. */
function count(prototype, method, note) {
  const own = prototype[method];
  prototype[method] = function (...given) {
    note.apply(this, given);
    return own.apply(this, given);
  };
}
/** Calls `note` with what each call of a method gives and its arguments. */
function made(prototype, method, note) {
  const own = prototype[method];
  prototype[method] = function (...given) {
    const result = own.apply(this, given);
    note(result, ...given);
    return result;
  };
}

/** What the shaders of each module, of each pipeline and of each pass are for. */
const purposes = new WeakMap();
/** Our own shaders say it in their first line; Burn's kernels have names, with their types and a number after them. */
function purpose(code) {
  const [, ours] = /^\/\/ (.+)/.exec(code) ?? [];
  const [, theirs = "?"] = /\bfn ([a-z0-9_]*?)(?:_kernel|_direct|_c_|_e_|_t_|_f_)\w*\s*\(/.exec(code) ?? [];
  return ours ?? `Burn: ${theirs}`;
}
made(GPUDevice.prototype, "createShaderModule", (module, { code }) => purposes.set(module, purpose(code)));
made(GPUDevice.prototype, "createComputePipeline", (pipeline, { compute }) =>
  purposes.set(pipeline, purposes.get(compute.module)),
);
count(GPUComputePassEncoder.prototype, "setPipeline", function (pipeline) {
  purposes.set(this, purposes.get(pipeline));
});
/** The number of dispatches for each purpose. */
const kindsOf = new Map();
function dispatch() {
  const of = purposes.get(this);
  counts.dispatches++;
  kindsOf.set(of, (kindsOf.get(of) ?? 0) + 1);
}
const one = (kind) => () => counts[kind]++;
count(GPUComputePassEncoder.prototype, "dispatchWorkgroups", dispatch);
count(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", dispatch);
count(GPUCommandEncoder.prototype, "beginComputePass", one("passes"));
count(GPUQueue.prototype, "submit", (commands) => {
  // An empty one only makes Firefox deliver a reading (src/witness/delivery.rs).
  if ([...commands].length > 0) counts.submits++;
});
count(GPUQueue.prototype, "writeBuffer", (_buffer, _at, data, from = 0, size = undefined) => {
  counts.writes++;
  // Offset and size are in the view's own elements.
  const width = data.BYTES_PER_ELEMENT ?? 1;
  counts.written += (size ?? data.byteLength / width - from) * width;
});
count(GPUCommandEncoder.prototype, "copyBufferToBuffer", (...given) => {
  counts.copies++;
  counts.copied += typeof given[1] === "number" ? given[4] : (given[2] ?? given[0].size);
});
count(GPUDevice.prototype, "createBuffer", ({ size, mappedAtCreation }) => {
  counts.buffers++;
  // What is written as the buffer is made.
  if (mappedAtCreation) counts.written += size;
});
const { mapAsync } = GPUBuffer.prototype;
GPUBuffer.prototype.mapAsync = async function (...given) {
  counts.maps++;
  // Buffers that are asked for together are waited for once.
  if (pending === 0) counts.waits++;
  pending++;
  try {
    return await mapAsync.apply(this, given);
  } finally {
    pending--;
  }
};

/** What `work` asks for, and what it gives. */
async function counted(work) {
  for (const kind of kinds) counts[kind] = 0;
  kindsOf.clear();
  const given = await work();
  return [{ ...counts, of: Object.fromEntries(kindsOf) }, given];
}

/** Another picture for each explanation. */
const picture = (round) =>
  Float32Array.from(
    { length: 3 * 224 * 224 },
    (_, i) => Math.sin(i * 0.37 + round) + 0.5 * Math.cos(i * 0.011),
  );

addEventListener("message", async ({ data: model }) => {
  const { default: init, Explainer } = await import("/pkg/c3lrp.js");
  await init();
  const weights = await (await fetch(model)).blob();
  // The kernels that a GPU takes nearly always; choosing would make each of its layers several times.
  const explainer = await Explainer.create(weights, { device: "webgpu", kernels: "tiled" });
  const explain = (round, method) => explainer.explainTensor(picture(round), 224, 224, { method });
  const steps = {};
  for (const method of ["c3-lrp", "lrp-epsilon-gamma-box"]) {
    // The first one makes pipelines and buffers that the second finds.
    (await explain(0, method)).free();
    const [counts, explained] = await counted(() => explain(1, method));
    steps[method] = counts;
    if (method === "c3-lrp")
      [steps["another class"]] = await counted(() => explained.explain({ target: 1, method }));
    explained.free();
  }
  postMessage({ adapter: explainer.info.adapter, steps });
});

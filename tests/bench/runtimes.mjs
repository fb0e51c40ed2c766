// What is measured. Each function runs inside a page of its own: `load` once, then `run` again and
// again; both give milliseconds. `largest` is the largest logit: all of them compute the same.

/** The picture of a round: another one each time, so that nothing is remembered. */
const picture = `globalThis.picture = (round) =>
  Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i * 0.37 + round) + 0.5 * Math.cos(i * 0.011));`;

const full = "/data/resnet50.safetensors";
const bundled = "/models/birds-resnet50.safetensors";

const ours = (device, model) => ({
  load: `(async () => {
    ${picture}
    const begin = performance.now();
    const build = async (script) => {
      const library = await import(script);
      return [library, await library.default()];
    };
    // On the CPU the page's own: the one for engines with relaxed-simd, where that starts.
    const [{ Explainer }, wasm] = await (${device === "cpu"}
      ? build("/light/light-relaxed.js").catch(() => build("/light/light.js"))
      : build("/pkg/c3lrp.js"));
    const started = performance.now();
    const blob = await (await fetch("${model}")).blob();
    const fetched = performance.now();
    let choosing;
    const onProgress = (done, total, what) => {
      if (what === "choosing kernels") choosing ??= performance.now();
    };
    globalThis.explainer = await Explainer.create(blob, { device: "${device}", onProgress });
    const loaded = performance.now();
    globalThis.memory = wasm.memory;
    const { adapter } = explainer.info;
    return { start: started - begin, load: (choosing ?? loaded) - fetched, choosing: choosing && loaded - choosing, adapter };
  })()`,
  run: `(async (round) => {
    const input = picture(round);
    const begin = performance.now();
    const explained = await explainer.explainTensor(input, 224, 224, {});
    const { milliseconds, logits } = explained;
    const explanation = performance.now() - begin;
    const again = performance.now();
    await explained.explain({ target: round % explainer.info.classes });
    const classSwitch = performance.now() - again;
    explained.free();
    const heap = memory.buffer.byteLength / 1e6;
    return { ...milliseconds, explanation, classSwitch, heap, largest: Math.max(...logits) };
  })`,
});

const onnxruntime = (provider, threads) => ({
  load: `(async () => {
    ${picture}
    const begin = performance.now();
    const ort = await import("/ort/ort.webgpu.mjs");
    globalThis.ort = ort;
    ort.env.wasm.wasmPaths = "/ort/";
    ort.env.wasm.numThreads = ${threads};
    const model = await (await fetch("/data/resnet50.onnx")).arrayBuffer();
    const fetched = performance.now();
    globalThis.session = await ort.InferenceSession.create(model, { executionProviders: ["${provider}"] });
    return { start: fetched - begin, load: performance.now() - fetched };
  })()`,
  run: `(async (round) => {
    const x = new ort.Tensor("float32", picture(round), [1, 3, 224, 224]);
    const begin = performance.now();
    const { y } = await session.run({ x });
    const logits = await y.getData();
    return { forward: performance.now() - begin, largest: Math.max(...logits) };
  })`,
});

const tensorflow = {
  load: `(async () => {
    ${picture}
    const begin = performance.now();
    for (const src of ["/tensorflow/tfjs/dist/tf.min.js", "/tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js"])
      await new Promise((onload, onerror) => document.head.append(Object.assign(document.createElement("script"), { src, onload, onerror })));
    const { resnet } = await import("/bench/tensorflow.mjs");
    const weights = await (await fetch("${full}")).arrayBuffer();
    const fetched = performance.now();
    if (!(await tf.setBackend("webgpu"))) throw Error("TensorFlow.js has no WebGPU here");
    globalThis.network = resnet(weights);
    return { start: fetched - begin, load: performance.now() - fetched };
  })()`,
  run: `(async (round) => {
    const values = picture(round);
    const begin = performance.now();
    const y = network(values);
    const logits = await y.data();
    const forward = performance.now() - begin;
    y.dispose();
    return { forward, largest: Math.max(...logits) };
  })`,
};

/** By name. Those of one `model` compute the same. */
export const runtimes = {
  "c3lrp cpu": { model: "full", ...ours("cpu", full) },
  "c3lrp cpu, bundled model": { model: "bundled", ...ours("cpu", bundled) },
  "onnxruntime-web wasm, 1 thread": { model: "full", ...onnxruntime("wasm", 1) },
  "onnxruntime-web wasm, 2 threads": { model: "full", ...onnxruntime("wasm", 2) },
  "c3lrp webgpu": { model: "full", ...ours("webgpu", full) },
  "c3lrp webgpu, bundled model": { model: "bundled", ...ours("webgpu", bundled) },
  "onnxruntime-web webgpu": { model: "full", ...onnxruntime("webgpu", 1) },
  "TensorFlow.js webgpu": { model: "full", ...tensorflow },
};

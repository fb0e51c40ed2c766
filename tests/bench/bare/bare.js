// Starts a worker, compiles the wasm and fetches the weights that the address names, and shows itself when the worker has them.
const asked = new URLSearchParams(location.search);
const worker = new Worker("worker.js", { type: "module" });
worker.onmessage = () => {
  document.getElementById("map").hidden = false;
};
WebAssembly.compileStreaming(fetch(asked.get("wasm"))).then((module) => worker.postMessage(module));
fetch(asked.get("weights"))
  .then((answer) => answer.arrayBuffer())
  .then((weights) => worker.postMessage(weights, [weights]));

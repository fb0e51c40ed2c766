// With the browser's types alone.
import { load } from "c3lrp";
import { type C3lrpExplainer, defaults } from "c3lrp/element";
import { heatmap } from "c3lrp/engine";

const explainer = await load("network.safetensors", { worker: () => new Worker("worker.js") });
const image: HTMLImageElement = new Image();
const explanation = await explainer.explain(image);
await explainer.explain(new OffscreenCanvas(2, 2));
const { canvas, remove } = explanation.over(image);
canvas.style.opacity = "0.5";
remove();
const colours: ImageData = explanation.overlay();
const overlay = new ImageData(heatmap(explanation.map, "overlay"), explanation.width);
defaults.worker = "/worker.js";
const element: C3lrpExplainer = document.createElement("c3lrp-explainer");
element.weights = new Blob([]);
element.target = colours.width + overlay.width;
// @ts-expect-error: nothing else.
element.target = "three";

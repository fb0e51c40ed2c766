// Only read by the compilers of the matrix: all that a project may write with the package's types.
import {
  type ExplainOptions,
  type Explanation,
  type LibraryError,
  type LoadOptions,
  load,
  type Source,
} from "c3lrp";
import { type Birds, type DrawnBird, loadBirds } from "c3lrp/birds";
import init, { drawBird, Explainer, type Info, type InitInput } from "c3lrp/engine";

const options: LoadOptions = {
  device: "cpu",
  labels: ["a", "b"],
  integrity: "sha256-",
  signal: new AbortController().signal,
  onProgress: ({ phase, done, total }) => `${phase}: ${done / total}`,
};
const explainer = await load(new URL("https://weights.test/network.safetensors"), options);
const info: Info = explainer.info;
const bird = drawBird("Masked Sunwren", info.classes);
const source: Source = { data: bird.rgba, width: bird.side, height: bird.side };
const asked: ExplainOptions = {
  target: 3,
  against: "rest",
  method: { name: "lrp-epsilon-plus", epsilon: 1e-4 },
};
const explanation: Explanation = await explainer.explain(source, asked);
const map: Float32Array = explanation.map;
const { data, width } = explanation.overlay(300);
const label: string | undefined = explanation.label;
const sum: number = map.reduce((a, b) => a + b, 0) + data.length / width + (label?.length ?? 0);
// @ts-expect-error: it has its own names.
await explainer.explain(source, { targte: sum });

await init({ module_or_path: new Uint8Array() });
const input: InitInput = "c3lrp_bg.wasm";
const own = await Explainer.create(new Uint8Array(), { device: "auto", name: String(input) });
own.free();
export const failed = (error: LibraryError): string => `${error.code}: ${error.message}`;
explainer.close();

const birds: Birds = await loadBirds("abn", { device: "cpu" });
const drawn: DrawnBird = await birds.draw(birds.species[0]?.name ?? "", 4711, { without: ["beak"] });
await birds.explain(drawn);
// @ts-expect-error: there is no such network.
await loadBirds("resnet18");
explainer[Symbol.dispose]();

import { type Explainer, load } from "c3lrp";

let loading: Promise<Explainer> | undefined;

/** One network for the whole application; after a failure the next call tries again. */
export function network(): Promise<Explainer> {
  loading ??= load("/birds-resnet50.safetensors").catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

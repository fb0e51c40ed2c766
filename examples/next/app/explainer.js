import { load } from "c3lrp";

let loading;

/** One network for the whole application; after a failure the next call tries again. */
export function network() {
  loading ??= load("/birds-resnet50.safetensors").catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

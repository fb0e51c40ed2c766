import { ENOUGH_FOR_KIND, firstBytes, readHeader } from "c3lrp/client";
import { UserError } from "./errors";
import { MOST_TEXT, shardsOf, WEIGHTS_FILE } from "./hub";
import type { Source } from "./source";

/** The purpose for which a person chose files, if known. */
export type Chosen = "weights" | "picture";

/** Sorts files: pictures by their first bytes, configurations by their content, others by name. */
export async function sortFiles(files: readonly File[], chosen?: Chosen) {
  const kinds = await Promise.all(files.map(async (file) => ({ file, kind: await kindOf(file, chosen) })));
  const all = (wanted: Kind): File[] => kinds.filter(({ kind }) => kind === wanted).map(({ file }) => file);
  const [index] = all("index");
  const configs = await Promise.all(
    all("config").map(async (file) => ({ file: file.name, text: await file.text() })),
  );
  return {
    pictures: all("picture"),
    weights: all("weights"),
    labels: all("labels"),
    configs,
    /** The parts that an index of shards names; undefined without an index. */
    shards: index && shardsOf(await index.text()),
  };
}

type Given = Awaited<ReturnType<typeof sortFiles>>;

/** The weights among the files, with their configurations; undefined without weights. */
export function sourceFrom({ weights, configs, shards }: Given): Source | undefined {
  const [first] = weights;
  if (!first) return undefined;
  const missing = shards?.filter((shard) => !weights.some(({ name }) => name === shard)) ?? [];
  const split = weights.length > 1 && weights.every(({ name }) => /\.safetensors$/i.test(name));
  const parts = split ? [...weights].sort((a, b) => a.name.localeCompare(b.name)) : [first];
  const [, all = "0"] = SHARD.exec(first.name) ?? [];
  if (missing.length > 0 && missing.length < (shards?.length ?? 0)) {
    throw new UserError(({ t }) => t.errors.partsMissing(missing.slice(0, 3)));
  }
  if (Number(all) > parts.length) {
    const few = { name: first.name, all: Number(all), given: parts.length };
    throw new UserError(({ t }) => t.errors.partsFew(few));
  }
  const name = first.name.replace(SHARD, "").replace(WEIGHTS_FILE, "");
  return { name: () => name, called: first.name, weights: parts, configs, reading: {} };
}

/** How the parts of one network are numbered. */
const SHARD = /-\d+-of-(\d+)(?=\.safetensors$)/i;

type Kind = "picture" | "weights" | "labels" | "config" | "index";

/** Keys that only configurations have, with their types. */
const SAID = {
  string: ["architecture", "model_type", "image_processor_type", "feature_extractor_type"],
  object: ["architectures", "pretrained_cfg", "default_cfg", "image_mean", "image_std"],
  number: ["crop_pct"],
};

async function kindOf(file: File, chosen?: Chosen): Promise<Kind> {
  if (chosen === "picture") return chosen;
  const name = file.name.toLowerCase();
  const begin = await firstBytes(file, file.name, ENOUGH_FOR_KIND);
  if (!chosen && readHeader(begin)) return "picture";
  if (/\.json$/.test(name)) return await kindOfJson(file);
  if (/\.(txt|csv|tsv)$/.test(name)) return "labels";
  // A file chosen as weights counts as weights, whatever its name.
  if (chosen || WEIGHTS_FILE.test(name)) return "weights";
  if (file.type.startsWith("image/") || /\.(jpe?g|png|webp|gif|bmp|avif|heic|svg)$/.test(name))
    return "picture";
  throw new UserError(({ t }) => t.errors.strangeFile(file.name));
}

/** Tells a list of names from a configuration, which has keys that no list has. */
async function kindOfJson(file: File): Promise<Kind> {
  if (file.size > MOST_TEXT) return "labels";
  try {
    const given: unknown = JSON.parse((await file.text()).replace(/^\ufeff/, ""));
    if (typeof given !== "object" || given === null) return "labels";
    const says = (key: string, type: string): boolean => typeof Reflect.get(given, key) === type;
    if (says("weight_map", "object")) return "index";
    const isConfig = Object.entries(SAID).some(([type, keys]) => keys.some((key) => says(key, type)));
    return isConfig ? "config" : "labels";
  } catch {
    // If it is not JSON, readLabels reports that.
    return "labels";
  }
}

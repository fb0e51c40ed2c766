import { Cancelled, statusOf } from "c3lrp/client";
import { UserError } from "./errors";
import { WEIGHTS_ORIGIN } from "./policy";

/** An address on Hugging Face: a repository, and optionally a revision and a file. */
export interface Address {
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision?: string | undefined;
  readonly file?: string | undefined;
}

export interface RepositoryFile {
  readonly path: string;
  readonly url: string;
  readonly bytes: number;
  /** The hash that its author publishes; absent for files outside Git LFS. */
  readonly sha256?: string | undefined;
}

/** A network in a repository, at one commit. */
export interface Repository {
  readonly name: string;
  readonly commit: string;
  /** The kind of network, from its configuration. */
  readonly kind: string | undefined;
  readonly classes: number | undefined;
  /** Its weights, one file or several. */
  readonly files: readonly RepositoryFile[];
  readonly configs: readonly Config[];
  /** Whether its weights were checked against the SHA-256 that their author publishes. */
  readonly checked: boolean;
}

/** Parts of the API's answer about a model. */
interface Answer {
  readonly sha?: string;
  readonly gated?: false | string;
  readonly siblings?: readonly {
    readonly rfilename: string;
    readonly size?: number;
    readonly lfs?: { readonly sha256?: string; readonly size?: number };
  }[];
}

const { host } = new URL(WEIGHTS_ORIGIN);
/** The largest configuration in bytes; with ImageNet's 21,841 names it has a megabyte. */
export const MOST_TEXT = 16e6;

/** Parses `owner/name`, a model page's address, or a file's address. */
export function parseAddress(text: string): Address | undefined {
  const trimmed = text.trim();
  const url = /^(https?:\/\/)?(www\.)?(huggingface\.co|hf\.co)\//i;
  const path = url.test(trimmed) ? trimmed.replace(url, "").replace(/[?#].*$/, "") : trimmed;
  const [owner = "", name = "", verb, revision, ...file] = path.split("/").map(decoded);
  const fits = [owner, name].every((part) => /^[\w.-]{1,96}$/.test(part) && !/^\.+$/.test(part));
  if (!fits || (path === trimmed && verb !== undefined && !/^(blob|resolve|tree|raw)?$/.test(verb)))
    return undefined;
  const rest = file.filter((part) => part !== "").join("/");
  const isFile = rest !== "" && /^(blob|resolve|raw)$/.test(verb ?? "");
  return {
    name: `${owner}/${name}`,
    revision: revision && revision !== "main" ? revision : undefined,
    file: isFile ? rest : undefined,
  };
}

/** A part of an address, percent-decoded; unchanged if that fails. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Fetches a repository's commit, list of files and configuration, but no weights. */
export async function readRepository(
  { name, revision, file }: Address,
  signal: AbortSignal,
): Promise<Repository> {
  const at = revision === undefined ? "" : `/revision/${encodeURIComponent(revision)}`;
  const get = async (url: string, missing: readonly number[] = []): Promise<Response> => {
    const answer = await fetch(url, { signal }).catch(() => {
      if (signal.aborted) throw new Cancelled();
      throw new UserError(({ t }) => t.errors.hubUnreachable(host));
    });
    if (answer.ok) return answer;
    throw new UserError(({ t }) =>
      missing.includes(answer.status)
        ? t.errors.hubMissing({ name, revision, host })
        : t.errors.hubAnswered({ name, host, status: statusOf(answer) }),
    );
  };
  const asked = await get(`${WEIGHTS_ORIGIN}/api/models/${name}${at}?blobs=true`, [401, 403, 404]);
  const { sha: commit, siblings, gated }: Answer = await asked.json().catch(() => ({}));
  if (gated) throw new UserError(({ t }) => t.errors.hubGated(name));
  if (!commit || !siblings) throw new UserError(({ t }) => t.errors.hubStrange({ name, host }));
  const known: RepositoryFile[] = siblings.map(({ rfilename: path, size, lfs }) => ({
    path,
    url: `${WEIGHTS_ORIGIN}/${name}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`,
    bytes: lfs?.size ?? size ?? 0,
    sha256: lfs?.sha256,
  }));
  const text = async (path: string): Promise<Config[]> => {
    const config = known.find((one) => one.path === path);
    if (!config || config.bytes > MOST_TEXT) return [];
    return [{ file: path, text: await (await get(config.url)).text() }];
  };
  const configs = await text("config.json");
  const { kind, classes } = described(configs[0]?.text ?? "{}", name);
  configs.push(...(await text("preprocessor_config.json")));
  const files = await weightsAmong(known, name, file, text);
  return { name, commit, kind, classes, files, configs, checked: false };
}

/** The extensions of weights files that this page reads. */
export const WEIGHTS_FILE = /\.(safetensors|pth|pt|bin|ckpt|th)$/i;

/** Chooses the weights: the requested file, safetensors, safetensors in shards, or PyTorch's. */
async function weightsAmong(
  known: readonly RepositoryFile[],
  name: string,
  asked: string | undefined,
  text: (path: string) => Promise<Config[]>,
): Promise<RepositoryFile[]> {
  const named = (path: string): RepositoryFile[] => known.filter((file) => file.path === path);
  if (asked !== undefined && WEIGHTS_FILE.test(asked)) {
    const files = named(asked);
    if (files.length === 0) throw new UserError(({ t }) => t.errors.hubNoFile({ name, file: asked }));
    return files;
  }
  const whole = named("model.safetensors");
  if (whole.length > 0) return whole;
  const [index] = await text("model.safetensors.index.json");
  if (index) {
    const shards = shardsOf(index.text);
    const files = shards.flatMap(named);
    if (shards.length > 0 && files.length === shards.length) return files;
    throw new UserError(({ t }) => t.errors.hubPartsMissing(name));
  }
  const checkpoint = named("pytorch_model.bin");
  if (checkpoint.length > 0) return checkpoint;
  const others = known.filter(({ path }) => WEIGHTS_FILE.test(path) && !path.includes("/"));
  if (others.length === 1) return others;
  if (others.length === 0) throw new UserError(({ t }) => t.errors.hubNoWeights(name));
  const some = others.slice(0, 3).map(({ path }) => path);
  throw new UserError(({ t }) => t.errors.hubSeveral({ name, count: others.length, some }));
}

/** The files that an index of shards names. */
export function shardsOf(index: string): string[] {
  try {
    const { weight_map: map } = JSON.parse(index) as { weight_map?: Record<string, unknown> };
    return [...new Set(Object.values(map ?? {}))].filter((path) => typeof path === "string").sort();
  } catch {
    return [];
  }
}

/** Networks whose names contain a ResNet's or a VGG's, but which are others. */
const OTHERS =
  /(^|[_/])(t|se|eca|sk|csp|gc|bat|bo|halo|sehalo|lambda)-?resne|resne(t|xt)(blur|aa|v2|rs)|resnest|inception|repvgg|antialias|(^|[_/])vit/i;

/** Describes the network by its configuration; refuses what is neither a ResNet nor a VGG. The library decides in the end. */
function described(config: string, name: string): Pick<Repository, "kind" | "classes"> {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(config) as Record<string, unknown>;
  } catch {
    throw new UserError(({ t }) => t.errors.hubConfig(name));
  }
  const { architecture, architectures, model_type: type, num_classes, id2label, depths } = given;
  const first = Array.isArray(architectures) ? architectures[0] : undefined;
  const what = [architecture, first, type].find((one) => typeof one === "string");
  const known = /resne(t|xt)|vgg/i;
  if ((what !== undefined && !known.test(what)) || [what ?? "", name].some((one) => OTHERS.test(one))) {
    const found = what ?? name.split("/").at(-1) ?? name;
    throw new UserError(({ t }) => t.errors.hubKind({ name, kind: found }));
  }
  const names = typeof id2label === "object" && id2label ? Object.keys(id2label).length : undefined;
  const blocks = Array.isArray(depths) ? `, ${depths.join("-")} blocks` : "";
  return {
    kind: what === undefined ? undefined : `${kindTitle(what)}${blocks}`,
    classes: typeof num_classes === "number" ? num_classes : names,
  };
}

/** Turns timm's and transformers' names into the usual form: "ResNet-50", "ResNeXt-50 32x4d", "VGG-16 bn". */
function kindTitle(what: string): string {
  return what
    .replace(/For[A-Z]\w*$|Model$/, "")
    .replace(/^(tv|gluon|ssl|swsl|ig)_/, "")
    .replace(/resnext-?/i, "ResNeXt-")
    .replace(/resnet-?/i, "ResNet-")
    .replace(/vgg-?/i, "VGG-")
    .replace(/^wide_/, "Wide ")
    .replace(/-$/, "")
    .replaceAll("_", " ");
}

export const shortCommit = (commit: string): string => commit.slice(0, 7);

export const bytesOf = ({ files }: Repository): number => files.reduce((all, { bytes }) => all + bytes, 0);

/** A configuration file beside weights. */
export interface Config {
  readonly file: string;
  readonly text: string;
}

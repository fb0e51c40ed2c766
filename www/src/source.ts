import type { CreateOptions, Fact } from "c3lrp";
import { EngineError } from "./errors";
import type { ModelEntry } from "./models";
import { isSentence } from "./words/library";
import type { Say } from "./words/words";

/** What tensors don't tell, as a person says it; the library's options. */
export type Reading = Pick<CreateOptions, Exclude<Fact["name"], "fit">>;

/** A configuration file that lies beside weights. */
export interface Config {
  readonly file: string;
  readonly text: string;
}

/** Weights as they came, and what is said of them. */
export interface Source {
  /** What the network is called on the page. */
  readonly name: Say;
  /** The name of its file or repository: some networks are known by it alone. */
  readonly called: string;
  /** One file, or the parts of one. */
  readonly weights: readonly Blob[];
  readonly configs: readonly Config[];
  readonly reading: Reading;
  /** How the tensors' names of the network begin, where the file holds several. */
  readonly network?: string | undefined;
  /** The entry that it was chosen by; absent for a person's own file. */
  readonly entry?: ModelEntry | undefined;
  /** Where it comes from. */
  readonly origin?: Say | undefined;
}

/** The same with other configurations: one of the same name takes the place of the one before. */
export function withConfigs(source: Source, configs: readonly Config[]): Source {
  const rest = source.configs.filter(({ file }) => !configs.some((config) => config.file === file));
  return { ...source, configs: [...rest, ...configs] };
}

/**
 * The networks that the library names where a file holds several, with how their tensors' names begin; none for
 * other errors.
 */
export function severalNetworks(error: unknown): readonly { family: string; prefix: string }[] {
  const what = error instanceof EngineError ? error.sentence.params.what : undefined;
  if (!isSentence(what) || what.code !== "several-networks") return [];
  const { networks } = what.params;
  const sentences = Array.isArray(networks) ? networks.filter(isSentence) : [];
  return sentences.map(({ params }) => ({ family: String(params.family), prefix: String(params.prefix) }));
}

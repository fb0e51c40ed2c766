import { LibraryError, type Weights } from "c3lrp/client";
import type { ModelEntry } from "./models";
import { isSentence } from "./words/library";
import type { Say } from "./words/words";

/** What tensors don't tell, as a person says it; the library's options. */
export type Reading = Weights["reading"];

/** A configuration file that lies beside weights. */
export interface Config {
  readonly file: string;
  readonly text: string;
}

/** Weights as they came, and what is said of them. */
export interface Source extends Weights {
  /** What the network is called on the page. */
  readonly name: Say;
  readonly configs: readonly Config[];
  /** The entry that it was chosen by; absent for a person's own file. */
  readonly entry?: ModelEntry | undefined;
  /** Whether configurations that came after it say how it is read. */
  readonly altered?: true;
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
  if (!(error instanceof LibraryError) || error.code !== "several-networks") return [];
  const networks: unknown = error.params.networks;
  const sentences = Array.isArray(networks) ? networks.filter(isSentence) : [];
  return sentences.map(({ params }) => ({ family: String(params.family), prefix: String(params.prefix) }));
}

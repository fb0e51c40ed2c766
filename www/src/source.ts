import { LibraryError, type Weights } from "c3lrp/client";
import type { Config } from "./hub";
import type { ModelEntry } from "./models";
import { isSentence } from "./words/library";
import type { Say } from "./words/words";

/** Facts that tensors don't contain, as set by a person: the library's options. */
export type Reading = Weights["reading"];

/** Weights as given, with their settings. */
export interface Source extends Weights {
  /** The network's name on the page. */
  readonly name: Say;
  readonly configs: readonly Config[];
  /** The entry that it was chosen from; absent for a person's own file. */
  readonly entry?: ModelEntry | undefined;
  /** Whether configurations were added later. */
  readonly altered?: true;
  /** Its origin. */
  readonly origin?: Say | undefined;
}

/** The source with more configurations; one with the same name replaces the old one. */
export function withConfigs(source: Source, configs: readonly Config[]): Source {
  const rest = source.configs.filter(({ file }) => !configs.some((config) => config.file === file));
  return { ...source, configs: [...rest, ...configs] };
}

/**
 * The networks that the library lists if a file holds several, with their name prefixes; empty for
 * other errors.
 */
export function severalNetworks(error: unknown): readonly { family: string; prefix: string }[] {
  if (!(error instanceof LibraryError) || error.code !== "several-networks") return [];
  const networks: unknown = error.params.networks;
  const sentences = Array.isArray(networks) ? networks.filter(isSentence) : [];
  return sentences.map(({ params }) => ({ family: String(params.family), prefix: String(params.prefix) }));
}

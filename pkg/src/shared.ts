import type { Explainer } from "./explainer.js";
import { type LoadOptions, load } from "./load.js";
import type { Progress } from "./progress.js";

/** A reference to an explainer that others use too. */
export interface Share {
  readonly explainer: Promise<Explainer>;
  /** Releases it; after the last release the explainer is closed, unless it is requested again soon. */
  release(): void;
}

interface Held {
  readonly explainer: Promise<Explainer>;
  readonly stop: AbortController;
  readonly watchers: Set<(progress: Progress) => void>;
  /** The timer that closes it after a while without users. */
  ending?: ReturnType<typeof setTimeout>;
}

/** Milliseconds: frameworks remove elements and put them back, or replace them. */
const LINGER = 5_000;

const held = new Map<string, Held>();

/** Shares the explainer for these weights and options; loads it if nobody has it yet. */
export function share(
  weights: string | URL | Blob | Uint8Array,
  options: Omit<LoadOptions, "signal" | "onProgress">,
  onProgress: (progress: Progress) => void,
): Share {
  const key = [weights, ...Object.entries(options).sort().flat()].map(nameOf).join(" ");
  const found = held.get(key) ?? begun(key, weights, options);
  clearTimeout(found.ending);
  // A user may pass the same function twice.
  const watcher = (progress: Progress): void => onProgress(progress);
  found.watchers.add(watcher);
  return {
    explainer: found.explainer,
    release() {
      if (!found.watchers.delete(watcher) || found.watchers.size > 0) return;
      found.ending = setTimeout(() => end(key, found), LINGER);
    },
  };
}

function begun(key: string, weights: string | URL | Blob | Uint8Array, options: LoadOptions): Held {
  const watchers = new Set<(progress: Progress) => void>();
  const stop = new AbortController();
  const onProgress = (progress: Progress): void => {
    for (const watcher of watchers) watcher(progress);
  };
  const explainer = load(weights, { ...options, signal: stop.signal, onProgress });
  const begun = { explainer, stop, watchers };
  held.set(key, begun);
  // After a failure the next request tries again.
  explainer.catch(() => forget(key, begun));
  return begun;
}

function end(key: string, ended: Held): void {
  forget(key, ended);
  ended.stop.abort();
  ended.explainer.then(
    (explainer) => explainer.close(),
    () => {},
  );
}

function forget(key: string, forgotten: Held): void {
  if (held.get(key) === forgotten) held.delete(key);
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** A key for a value: addresses and lists by content, files and objects by identity. */
function nameOf(value: unknown): string {
  if (typeof value === "string" || value instanceof URL) return JSON.stringify(absolute(String(value)));
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return String(value);
  if (Array.isArray(value)) return JSON.stringify(value);
  const number = numbers.get(value) ?? ++last;
  numbers.set(value, number);
  return `#${number}`;
}

/** An absolute address; a text that is no address stays unchanged. */
function absolute(text: string): string {
  return URL.canParse?.(text, document.baseURI) ? new URL(text, document.baseURI).href : text;
}

import type { OnProgress } from "../c3lrp.js";

/** How far work is. */
export interface Progress {
  /**
   * "downloading"; then the library's steps: "reading the weights' header", "loading the weights", "checking the
   * device", "choosing kernels"; of an explanation "forward", "backward" or "masks", "filter".
   */
  readonly phase: string;
  /** Bytes while downloading and loading, steps otherwise. */
  readonly done: number;
  /** Zero while unknown. */
  readonly total: number;
}

/** How work is followed, and called off. */
export interface Followed {
  /** Calls the work off, which then fails with the signal's reason. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** What tells an object to who follows, in the library's way. @internal */
export const told =
  (onProgress: Followed["onProgress"]): OnProgress =>
  (done, total, phase) =>
    onProgress?.({ phase, done, total });

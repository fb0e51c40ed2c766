import type { OnProgress } from "../c3lrp.js";

/** The progress of work. */
export interface Progress {
  /**
   * "downloading"; then the library's steps: "reading the weights' header", "loading the weights", "checking the
   * device", "choosing kernels"; of an explanation "forward", "backward" or "masks", "filter".
   */
  readonly phase: string;
  /** Bytes while downloading and loading, otherwise steps. */
  readonly done: number;
  /** Zero while unknown. */
  readonly total: number;
}

/** Options to follow work and to cancel it. */
export interface Followed {
  /** Cancels the work, which then fails with the signal's reason. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Turns a progress callback with an object into the library's form. @internal */
export const told =
  (onProgress: Followed["onProgress"]): OnProgress =>
  (done, total, phase) =>
    onProgress?.({ phase, done, total });

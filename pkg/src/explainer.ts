import type { Info } from "../c3lrp.js";
import { type ExplainOptions, type Explanation, explain, type Subject } from "./explanation.js";
import type { Decoded } from "./picture.js";
import type { Session } from "./session.js";
import type { Source } from "./source.js";

declare global {
  interface SymbolConstructor {
    /** As in TypeScript's library "esnext.disposable", for projects without it. */
    readonly dispose: unique symbol;
  }
}

/** A network that is loaded in a worker, ready to explain pictures. */
export interface Explainer {
  /** What is loaded, and where it runs. If a GPU fails, the CPU takes over, and this says so. */
  readonly info: Info;
  /** The class names, from `load` or the weights file; undefined if neither has them. */
  readonly labels: readonly string[] | undefined;
  /**
   * Explains a picture as it is at the time of the call. Calls start in order; on the CPU, waiting calls run in further
   * workers (`workers` of `load`).
   *
   * Fails with `PictureError` if the picture can't be read, `OptionsError`, `DeviceWrong`, or `WorkerError` (the
   * next call starts another worker), or with the reason of `signal`.
   */
  explain(source: Source, options?: ExplainOptions): Promise<Explanation>;
  /**
   * Ends the workers and frees their memory. Pending calls fail with an `AbortError`, later ones with a
   * `WorkerError`. Never throws, and may be called more than once.
   */
  close(): void;
  /** Calls `close`, for `using`. */
  [Symbol.dispose](): void;
}

/** Browsers without `using` have no symbol for it. */
const dispose: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

let lastId = 0;

/** An explainer on a session; `read` reads the pictures. @internal */
export function explainerOf(
  session: Session,
  read: (source: Source, signal: AbortSignal) => Promise<Decoded>,
): Explainer {
  const subject = async (source: Source, signal = new AbortController().signal): Promise<Subject> => ({
    id: ++lastId,
    ...(await read(source, signal)),
  });
  const close = (): void => session.close();
  return {
    get info() {
      return session.info;
    },
    labels: session.labels,
    explain: (source, options) => explain(session, subject(source, options?.signal), options),
    close,
    [dispose]: close,
  };
}

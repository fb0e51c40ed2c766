import type { Info } from "../c3lrp.js";
import type { Engine, On, Picture } from "./engine.js";
import { Cancelled } from "./errors.js";
import type { Pool } from "./pool.js";
import { type Followed, told } from "./progress.js";
import type { Answer, Ask, Asked, Following } from "./protocol.js";
import { Queue } from "./queue.js";
import { explainShared } from "./rise.js";
import { Stop } from "./stop.js";

/** A network that is loaded in a worker, and the calls for it, in order; further workers are used if they help. */
export class Session {
  readonly #queue: Queue;
  readonly #stop = new AbortController();

  constructor(
    readonly pool: Pool,
    /** The network, and the device choice it was loaded with. */
    public on: On,
    public info: Info,
    /** The class names. */
    readonly labels: readonly string[] | undefined,
  ) {
    this.#queue = new Queue(pool);
  }

  /** The worker that the network was loaded in. */
  get engine(): Engine {
    return this.pool.first;
  }

  /** Explains a picture, which may still be loading. */
  async explain(picture: Promise<Picture>, options: Asked, followed: Followed): Promise<Answer<"explain">> {
    return await this.#about(picture, followed, (engine, picture, following) =>
      explainShared(this.pool, engine, this.on, picture, { options }, following),
    );
  }

  /** Makes a call about a picture, which may still be loading. */
  async ask<K extends "concepts" | "without" | "judge">(
    kind: K,
    picture: Promise<Picture>,
    ask: Ask<K>,
    followed: Followed,
  ): Promise<Answer<K>> {
    return await this.#about(picture, followed, (engine, picture, following) =>
      engine.about(kind, this.on, picture, ask, following),
    );
  }

  async #about<T>(
    picture: Promise<Picture>,
    followed: Followed,
    work: (engine: Engine, picture: Picture, following: Following) => Promise<T>,
  ): Promise<T> {
    // The error is reported below.
    picture.catch(() => {});
    this.engine.holdOpen();
    return await this.#followed(followed, (following) =>
      this.#queue.run(async (engine) => work(engine, await picture, following), following.signal),
    );
  }

  /** Ends the workers; running and waiting calls fail. */
  close(): void {
    this.#stop.abort(new Cancelled());
    this.pool.close();
  }

  /** Runs work that ends with the caller's signal, or with the session. */
  async #followed<T>(
    { signal, onProgress }: Followed,
    work: (following: Following) => Promise<T>,
  ): Promise<T> {
    const stop = new Stop(this.#stop.signal, ...(signal ? [signal] : []));
    try {
      return await work({ signal: stop.signal, onProgress: told(onProgress) });
    } finally {
      stop.settle();
    }
  }
}

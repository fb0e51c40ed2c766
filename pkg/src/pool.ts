import type { Info } from "../c3lrp.js";
import { Engine, type EngineEvents, type Setting } from "./engine.js";
import { LibraryError } from "./errors.js";
import { Stop } from "./stop.js";

/** Limits on the number of workers. */
export interface Crew {
  /** The most workers; by default as many as help. */
  readonly workers?: number | undefined;
  /** The machine's cores, and its memory in GiB, if known. */
  readonly cores: number;
  readonly memory: number;
}

/** More workers don't help: they wait for the same memory. */
const MOST = 4;
/** The share of the memory that the weights in all workers take, and how much of the memory counts. */
const [SHARE, COUNTED] = [1 / 16, 4];
/** Milliseconds after which an idle further worker is ended. */
const IDLE = 30_000;

/** How many workers help with a network: a GPU is one device, and each worker on the CPU holds the weights in F32. */
export function helpful({ device, parameters }: Info, { workers = MOST, cores, memory }: Crew): number {
  if (device !== "cpu") return 1;
  const room = (Math.min(memory, COUNTED) * 2 ** 30 * SHARE) / (4 * parameters);
  return Math.max(1, Math.floor(Math.min(workers, cores, MOST, room)));
}

/** The browser's information about its machine. */
export function machine(): Pick<Crew, "cores" | "memory"> {
  const { hardwareConcurrency: cores = 1, deviceMemory: memory = COUNTED }: Navigating =
    globalThis.navigator ?? {};
  return { cores, memory };
}

type Navigating = Partial<Pick<Navigator, "hardwareConcurrency">> & { readonly deviceMemory?: number };

/**
 * Workers, each of which is lent to one piece of work at a time. The first one holds the loaded network. While work waits
 * that any worker can do, further ones load the same weights on the CPU, from the same file, and end when they are idle. If
 * a further worker fails, no more are started, and another worker does its work.
 */
export class Pool {
  readonly first: Engine;
  /** Called when a further worker can be lent. */
  onReady = (): void => {};
  /** The workers that are lent, with the signals of what they do. */
  readonly #lent = new Map<Engine, AbortSignal>();
  /** Further workers that hold the network, each with the timer that ends it; without a timer while it is lent. */
  readonly #further = new Map<Engine, ReturnType<typeof setTimeout> | undefined>();
  /** The worker that is loading. */
  #coming: Engine | undefined;
  /** Whether a worker failed with the loaded network. */
  #failed = false;

  constructor(
    readonly start: () => Worker,
    events: EngineEvents,
    readonly crew: Crew,
    readonly setting: Setting = {},
  ) {
    this.first = new Engine(
      start,
      {
        ...events,
        onLoading: (network) => {
          if (network.id === this.#network) return;
          this.#network = network.id;
          this.#failed = false;
          this.#endFurther();
        },
      },
      setting,
    );
  }

  /** The network that was loaded last. */
  #network: number | undefined;

  /**
   * An idle worker for work that ends once `signal` aborts: the first, or any if the work may go `anywhere`; undefined if
   * all are busy. Cancelled work ends soon, so no further worker is started for work that can follow it.
   */
  lend(anywhere: boolean, signal: AbortSignal): Engine | undefined {
    const free = [this.first, ...(anywhere ? this.#usable() : [])].find((one) => !this.#lent.has(one));
    if (!free) {
      const soon = [signal, ...this.#lent.values()].some(({ aborted }) => aborted);
      if (anywhere && !soon) this.#grow();
      return undefined;
    }
    if (this.#further.has(free)) this.#rest(free, false);
    this.#lent.set(free, signal);
    return free;
  }

  /** Takes a worker back, with its work's error, if any; returns whether another worker should do that work. */
  giveBack(engine: Engine, error?: unknown): boolean {
    this.#lent.delete(engine);
    if (engine === this.first) return false;
    // It was ended meanwhile, and its work with it.
    if (!this.#further.has(engine)) return error !== undefined;
    if (error instanceof LibraryError && error.name === "WorkerError") {
      this.#failed = true;
      this.#end(engine);
      return true;
    }
    this.#rest(engine, true);
    return false;
  }

  /**
   * Does work in parts: in the worker that is lent for it and, while parts are left, in others that are idle. Returns the
   * results in the order of the parts. The first error calls off all other parts, by the signal that each is given, and is
   * what this fails with. When it ends, no part is under way any more.
   */
  async inParts<T>(
    own: Engine,
    parts: number,
    work: (engine: Engine, part: number, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T[]> {
    const results: T[] = [];
    const left = Array.from({ length: parts }, (_, part) => part);
    const helping = new Set<Promise<void>>();
    const stop = new Stop(signal);
    let failure: { readonly error: unknown } | undefined;
    const fail = (error: unknown): void => {
      failure ??= { error };
      stop.now(error);
    };
    const help = (): void => {
      if (left.length === 0) return;
      const engine = this.lend(true, stop.signal);
      const part = engine && left.shift();
      if (!engine || part === undefined) return;
      const assist = async (): Promise<void> => {
        try {
          results[part] = await work(engine, part, stop.signal);
          this.giveBack(engine);
        } catch (error) {
          if (this.giveBack(engine, error)) left.unshift(part);
          else fail(error);
        }
      };
      const helped = assist().finally(() => {
        helping.delete(helped);
        // Other work comes first.
        this.onReady();
        if (!failure) help();
      });
      helping.add(helped);
    };
    try {
      while (!failure) {
        help();
        const part = left.shift();
        if (part !== undefined) results[part] = await work(own, part, stop.signal);
        else if (helping.size > 0) await Promise.race(helping);
        else return results;
      }
    } catch (error) {
      fail(error);
    } finally {
      await Promise.all(helping);
      stop.settle();
    }
    throw failure?.error;
  }

  /** Ends all workers and their work. */
  close(): void {
    this.#endFurther();
    this.first.close();
  }

  /** The further workers that may be used: none once a GPU is in use, which then does everything. */
  #usable(): Engine[] {
    return this.first.held?.info.device === "webgpu" ? [] : [...this.#further.keys()];
  }

  /** Starts or stops the timer that ends a further worker. */
  #rest(engine: Engine, idle: boolean): void {
    clearTimeout(this.#further.get(engine));
    this.#further.set(engine, idle ? setTimeout(() => this.#end(engine), IDLE) : undefined);
  }

  /** Starts a further worker if one helps. */
  #grow(): void {
    const { held, compiled } = this.first;
    if (!held || this.#coming || this.#failed) return;
    if (1 + this.#further.size >= helpful(held.info, this.crew)) return;
    const setting = { ...this.setting, compiled, onCpu: true };
    const engine = new Engine(this.start, { onLostGpu: () => {}, onLoaded: () => {} }, setting);
    this.#coming = engine;
    const unheard = { onProgress: () => {}, signal: new AbortController().signal };
    engine.load(held, unheard).then(
      () => {
        if (this.#coming !== engine) return;
        this.#coming = undefined;
        this.#rest(engine, true);
        this.onReady();
      },
      (error: unknown) => {
        engine.close();
        if (this.#coming !== engine) return;
        this.#coming = undefined;
        this.#failed = true;
        console.warn(`There is one worker less: ${error instanceof Error ? error.message : error}`);
      },
    );
  }

  #end(engine: Engine): void {
    clearTimeout(this.#further.get(engine));
    this.#further.delete(engine);
    engine.close();
  }

  #endFurther(): void {
    const coming = this.#coming;
    this.#coming = undefined;
    coming?.close();
    for (const engine of [...this.#further.keys()]) this.#end(engine);
  }
}

import type { Info } from "../c3lrp.js";
import { Engine, type EngineEvents, type Setting } from "./engine.js";
import { LibraryError } from "./errors.js";

/** How many workers there may be. */
export interface Crew {
  /** At most so many; as many as help if absent. */
  readonly workers?: number | undefined;
  /** The machine's cores, and its memory in GiB, as far as it tells. */
  readonly cores: number;
  readonly memory: number;
}

/** More do not help: they wait for the same memory. */
const MOST = 4;
/** The share of the memory that the weights in all workers take, and how much of the memory counts. */
const [SHARE, COUNTED] = [1 / 16, 4];
/** Milliseconds after which a further worker that has nothing to do is ended. */
const IDLE = 30_000;

/** How many workers help with a network: a GPU is one device, and each worker on the CPU holds the weights in F32. */
export function helpful({ device, parameters }: Info, { workers = MOST, cores, memory }: Crew): number {
  if (device !== "cpu") return 1;
  const room = (Math.min(memory, COUNTED) * 2 ** 30 * SHARE) / (4 * parameters);
  return Math.max(1, Math.floor(Math.min(workers, cores, MOST, room)));
}

/** What the browser tells of its machine. */
export function machine(): Pick<Crew, "cores" | "memory"> {
  const { hardwareConcurrency: cores = 1, deviceMemory: memory = COUNTED }: Navigating =
    globalThis.navigator ?? {};
  return { cores, memory };
}

type Navigating = Partial<Pick<Navigator, "hardwareConcurrency">> & { readonly deviceMemory?: number };

/**
 * Workers that are lent, each to one piece of work at a time. The first one holds what was loaded. While work waits that
 * any of them can do, further ones load the same weights on the CPU, from the same file; they end when they are idle. A
 * further worker that fails leaves no trace but this: there are no more of them, and its work is asked of another.
 */
export class Pool {
  readonly first: Engine;
  /** Told when a further worker can be lent. */
  onReady = (): void => {};
  readonly #lent = new Set<Engine>();
  /** Further workers that hold the network, with what ends each after a while; nothing while it is lent. */
  readonly #further = new Map<Engine, ReturnType<typeof setTimeout> | undefined>();
  /** The one that loads. */
  #coming: Engine | undefined;
  /** Whether one failed with the network that is loaded. */
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

  /** A worker with nothing to do: the first, or any of them where the work may go `anywhere`; nothing where all have. */
  lend(anywhere: boolean): Engine | undefined {
    const free = [this.first, ...(anywhere ? this.#usable() : [])].find((one) => !this.#lent.has(one));
    if (!free) {
      if (anywhere) this.#grow();
      return undefined;
    }
    if (this.#further.has(free)) this.#rest(free, false);
    this.#lent.add(free);
    return free;
  }

  /** Takes a worker back, with what its work failed with; tells whether that is to be asked of another. */
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

  /** Ends all workers, and what is under way in them. */
  close(): void {
    this.#endFurther();
    this.first.close();
  }

  /** A GPU that was chosen meanwhile does everything. */
  #usable(): Engine[] {
    return this.first.held?.info.device === "webgpu" ? [] : [...this.#further.keys()];
  }

  /** Ends a further worker after a while, or no longer. */
  #rest(engine: Engine, idle: boolean): void {
    clearTimeout(this.#further.get(engine));
    this.#further.set(engine, idle ? setTimeout(() => this.#end(engine), IDLE) : undefined);
  }

  /** Starts a further worker where one helps. */
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

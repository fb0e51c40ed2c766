import type { DeviceChoice, Info } from "../c3lrp.js";
import { Cancelled, LibraryError, sentence } from "./errors.js";
import { forgetKernels, keepKernels, measuredKernels } from "./kernels.js";
import type { Pixels } from "./picture.js";
import type { Answer, Ask, Call, Following, Kind, Reply, Truth, Wasm, Weights } from "./protocol.js";

export interface EngineEvents {
  /** The GPU failed; the call continues with a new worker on the CPU. */
  onLostGpu(why: LibraryError): void;
  /** The weights are on a device again, after a worker was lost. */
  onLoaded(info: Info): void;
  /** A network is about to be loaded, in place of what the worker holds. */
  onLoading?(network: Network): void;
}

export interface Setting {
  /**
   * Starts a worker whose light library loads sooner, but can't use the GPU. It is used until the GPU is asked for, or
   * `changeOver` is called.
   */
  readonly light?: (() => Worker) | undefined;
  /** The wasm, or its address, if it is not beside the library. */
  readonly wasm?: Wasm | undefined;
  /** Whether measured GPU kernels are kept for later visits; by default true. */
  readonly keeps?: boolean;
  /** The advice in the error if the worker does not start. */
  readonly remedy?: string;
  /** The module that another worker has compiled; the light library's, if there is a light worker. */
  readonly compiled?: WebAssembly.Module | undefined;
  /** Whether everything runs on the CPU, whatever device is asked for. */
  readonly onCpu?: boolean;
}

/** A network with its own number. The same weights with other settings are another network. */
export interface Network extends Weights {
  readonly id: number;
}

/** A picture with its own number, by which the worker recognises it. */
export interface Picture extends Pixels {
  readonly id: number;
  /** The ground truth, if known. */
  readonly bird?: Truth;
}

/** The network and the device choice that a call is for. */
export interface On {
  readonly network: Network;
  readonly device: DeviceChoice;
}

interface Pending {
  readonly call: Call;
  /** Only calls that need the worker's state have this: another worker can't take them over. */
  readonly following: Following | undefined;
  resolve(answer: Answer<Kind>): void;
  reject(error: Error): void;
}

/** Milliseconds that a cancelled call has to end at its next step; after that the worker is ended. */
const PATIENCE = 15_000;

/**
 * The worker's only client. The caller must make calls that need the network one after another;
 * calls that need no network may run beside them. A broken worker is replaced.
 */
export class Engine {
  /** The worker. The next call that needs one starts it, so that a worker that can't start is not retried forever. */
  #worker: Worker | undefined;
  /** Starts the light worker, as long as that is used. */
  #light: (() => Worker) | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #held: (On & { readonly info: Info }) | undefined;
  #compiled: WebAssembly.Module | undefined;
  /** The device that the network ran on last, even if its worker is gone. */
  #device: Info["device"] | undefined;
  /** The number of the picture that the worker has. */
  #pictureId = 0;
  #closed = false;

  constructor(
    /** Starts a worker from `worker.js`. */
    readonly start: () => Worker,
    readonly events: EngineEvents,
    readonly setting: Setting = {},
  ) {
    this.#light = setting.light;
  }

  /** What the worker has loaded; undefined while it loads, or if it broke. */
  get held(): (On & { readonly info: Info }) | undefined {
    return this.#held;
  }

  /** The module that a worker has compiled; the light library's, if there is a light worker. */
  get compiled(): WebAssembly.Module | undefined {
    return this.#compiled ?? this.setting.compiled;
  }

  /**
   * Loads weights onto a device. If the GPU fails meanwhile, they go to the CPU, and `lost` says why. Loading can't
   * be stopped midway, so a signal ends the worker.
   */
  async load({ network, device }: On, following: Following) {
    return await this.#steadily(
      async (lost) => ({ info: await this.#create(network, this.#choice(device, lost), following), lost }),
      () => this.#choice(device) !== "cpu",
    );
  }

  /**
   * Loads a network in a worker that can use the GPU, while the light one continues to answer; then replaces the light one.
   * Work in progress at that moment is cancelled, and can be asked for again at once. Where the CPU turns out to be the
   * better device, the light worker, which is faster on it, stays.
   */
  async changeOver(on: On, following: Following) {
    const next = new Engine(this.start, this.events, { ...this.setting, light: undefined });
    try {
      const loaded = await next.load(on, following);
      this.holdOpen();
      if (loaded.info.device === "cpu") return loaded;
      this.#light = undefined;
      this.#restart(new Cancelled(), undefined, next);
      return loaded;
    } finally {
      next.close();
    }
  }

  /** Makes a call about a picture; first loads the network if the worker has another one, or was lost. */
  async about<
    K extends
      | "explain"
      | "score"
      | "relevance"
      | "concepts"
      | "without"
      | "parted"
      | "measure"
      | "judge"
      | "film",
  >(kind: K, on: On, picture: Picture, ask: Ask<K>, following: Following): Promise<Answer<K>> {
    return await this.#steadily(
      async (lost) => {
        await this.#loadedOn(on, following, lost);
        // The worker gets no picture from a call that is never posted.
        if (following.signal.aborted) throw new Cancelled();
        const { id, rgba, width, height, bird: truth } = picture;
        const known = this.#pictureId === id;
        this.#pictureId = id;
        const full = known ? ask : { ...ask, pixels: { rgba, width, height, truth } };
        return await this.#call(kind, full, following, PATIENCE);
      },
      () => this.#device === "webgpu",
    );
  }

  /** Explains a camera's frame, which is transferred to the worker even if this fails. */
  async glimpse(on: On, ask: Ask<"glimpse">, following: Following): Promise<Answer<"glimpse">> {
    let posted = false;
    try {
      return await this.#steadily(
        async (lost) => {
          await this.#loadedOn(on, following, lost);
          // The frame was lost with the broken worker; the next one replaces it.
          if (lost || following.signal.aborted) throw new Cancelled();
          posted = true;
          return await this.#call("glimpse", ask, following, PATIENCE, [ask.frame]);
        },
        () => this.#device === "webgpu",
      );
    } finally {
      if (!posted) ask.frame.close();
    }
  }

  /** Loads the network if the worker has another one, or was lost. */
  async #loadedOn(on: On, following: Following, lost: LibraryError | undefined): Promise<void> {
    if (lost) this.events.onLostGpu(lost);
    const device = this.#choice(on.device, lost);
    if (this.#held?.network.id === on.network.id && this.#held.device === device) return;
    const loaded = await this.load({ ...on, device }, following);
    this.events.onLoaded(loaded.info);
    if (loaded.lost) this.events.onLostGpu(loaded.lost);
  }

  #choice(device: DeviceChoice, lost?: LibraryError): DeviceChoice {
    return lost || this.setting.onCpu ? "cpu" : device;
  }

  /** Makes a call that needs no network. */
  async beside<K extends "refilter" | "labels" | "catalogue" | "draw">(
    kind: K,
    ask: Ask<K>,
  ): Promise<Answer<K>> {
    return await this.#steadily(() => this.#call(kind, ask));
  }

  /** The names in a list of classes. */
  async parseLabels(bytes: Uint8Array): Promise<readonly string[]> {
    return (await this.beside("labels", { bytes })).names;
  }

  async #create(network: Network, device: DeviceChoice, following: Following): Promise<Info> {
    const { called, weights, reading, network: beginning, configs } = network;
    const source = { called, weights, reading, network: beginning, configs };
    this.events.onLoading?.(network);
    // The light library is the faster one on the CPU.
    if (device === "cpu" && !this.#isFirstBuild) {
      this.#light = this.setting.light;
      this.#restart(new Cancelled());
    }
    // The worker frees what it has before it loads.
    this.#held = undefined;
    const { keeps = true } = this.setting;
    const kernels = keeps ? measuredKernels() : [];
    const create = () => this.#call("create", { source, device, kernels }, following, 0);
    const { info } = await create().catch((error: unknown) => {
      if (!this.#light || !(error instanceof LibraryError && error.code === LIGHT)) throw error;
      this.#light = undefined;
      this.#restart(error);
      return create();
    });
    if (info.kernels && keeps) keepKernels(info.kernels);
    this.#held = { network, device, info };
    this.#device = info.device;
    return info;
  }

  /** Runs work that may break the worker. If that happens on the GPU, runs it once more on the CPU, with the reason. */
  async #steadily<T>(
    work: (lost?: LibraryError) => Promise<T>,
    onGpu: () => boolean = () => false,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LibraryError && isFatal(error))) throw error;
      console.warn(`${error.name}: ${error.message}`);
      if (!onGpu() || isUnstarted(error)) throw stopped(error, this.setting.remedy);
      // A GPU that computed wrongly has its kernels measured and compared with the CPU again.
      if (error.name === WRONG) forgetKernels();
      return await this.#steadily(() => work(error));
    }
  }

  /** Calls the worker. An aborted signal ends the call at its next step, or, after `patience`, together with the worker. */
  async #call<K extends Kind>(
    kind: K,
    ask: Ask<K>,
    following?: Following,
    patience = 0,
    moved: Transferable[] = [],
  ): Promise<Answer<K>> {
    const signal = following?.signal;
    if (signal?.aborted) throw new Cancelled();
    this.holdOpen();
    const id = ++this.#lastId;
    const call = { ...ask, id, kind } as Call;
    const end = (): void => this.#end(id, patience);
    signal?.addEventListener("abort", end);
    try {
      const answer = await new Promise<Answer<K>>((resolve, reject) => {
        this.#pending.set(id, { call, following, resolve, reject });
        this.#post(call, moved);
      });
      // The signal counts even if it came too late for the worker.
      if (signal?.aborted) throw new Cancelled();
      return answer;
    } finally {
      signal?.removeEventListener("abort", end);
      this.#pending.delete(id);
    }
  }

  /** Throws if the engine was closed. */
  holdOpen(): void {
    if (this.#closed) throw new LibraryError("WorkerError", sentence("closed", {}));
  }

  /** Ends the worker and every call. */
  close(): void {
    this.#closed = true;
    this.#restart(new Cancelled(), () => true);
  }

  /** Ends a call. If this takes the worker along, calls beside it go to the new worker. */
  #end(id: number, patience: number): void {
    if (!this.#pending.has(id)) return;
    if (patience === 0) {
      this.#restart(new Cancelled());
      return;
    }
    this.#post({ kind: "stop", id });
    setTimeout(() => this.#end(id, 0), patience);
  }

  #post(call: Call, moved: Transferable[] = []): void {
    this.#worker ??= this.#started();
    this.#worker.postMessage(call, moved);
  }

  #started(): Worker {
    const worker = (this.#light ?? this.start)();
    // The address comes first: it remains if the worker can't read the module.
    for (const wasm of [this.setting.wasm, this.#isFirstBuild ? this.compiled : undefined])
      if (wasm !== undefined) worker.postMessage({ id: 0, kind: "wasm", wasm } satisfies Call);
    this.#listen(worker);
    return worker;
  }

  /** Whether the worker uses the library that all workers start with: the light one, if there is one. */
  get #isFirstBuild(): boolean {
    return this.#light === this.setting.light;
  }

  #listen(worker: Worker, heard = false): void {
    // A broken worker may report twice, the second time after it was replaced.
    const here = (): boolean => worker === this.#worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      heard = true;
      if (here()) this.#receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      // A worker that never sent a message could not be fetched, or is not a worker.
      if (here()) this.#broke(heard ? "Crashed" : NEVER_HEARD, event.message ?? "");
    };
  }

  #broke(name: string, text: string): void {
    this.#restart(new LibraryError(name, { code: "", params: {}, text }), () => true);
  }

  #receive(reply: Reply): void {
    if (reply.kind === "here") return;
    if (reply.kind === "compiled") {
      if (this.#isFirstBuild) this.#compiled = reply.module;
      return;
    }
    if (reply.kind === "crashed") {
      this.#broke("Crashed", reply.message);
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === "progress") {
      pending.following?.onProgress(reply.done, reply.total, reply.what);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.kind !== "failed") {
      pending.resolve(reply);
      return;
    }
    const { name, what } = reply;
    const error = name === "AbortError" ? new Cancelled() : new LibraryError(name, what);
    // The worker can't be used any more.
    if (error instanceof LibraryError && isFatal(error)) this.#restart(error);
    pending.reject(error);
  }

  /** Takes over another engine's worker, with everything that it holds. */
  #take(next: Engine): void {
    this.#worker = next.#worker;
    this.#held = next.#held;
    this.#device = next.#device;
    next.#worker = undefined;
    if (this.#worker) this.#listen(this.#worker, true);
  }

  /** Ends the worker. Calls for which `fails` is true fail with it; the others go to a new worker, or to that of `next`. */
  #restart(
    why: Error,
    fails = ({ following }: Pending): boolean => following !== undefined,
    next?: Engine,
  ): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#held = undefined;
    this.#pictureId = 0;
    if (next) this.#take(next);
    for (const [id, pending] of [...this.#pending]) {
      if (!fails(pending)) this.#post(pending.call);
      else if (this.#pending.delete(id)) pending.reject(why);
    }
  }
}

/** The light library's reason when the GPU is asked for, and there is one. */
const LIGHT = "no-gpu-build";

const [WRONG, NEVER_HEARD, NOT_STARTED] = ["DeviceWrong", "NeverHeard", "NotStarted"];

/** Whether the worker never started, or the library in it. */
const isUnstarted = ({ name }: LibraryError): boolean => name === NEVER_HEARD || name === NOT_STARTED;

/** Whether the worker can't be used any more. */
const isFatal = (error: LibraryError): boolean =>
  ["DeviceLost", WRONG, "EngineError", "Crashed"].includes(error.name) || isUnstarted(error);

/** The error for a broken worker. A wrong device already says so itself. */
function stopped(error: LibraryError, remedy = CHECK): LibraryError {
  if (error.name === WRONG) return error;
  const said = {
    [NEVER_HEARD]: sentence("not-started", { remedy }),
    [NOT_STARTED]: sentence("wasm-not-started", {}),
  };
  return new LibraryError("WorkerError", said[error.name] ?? sentence("stopped", {}), { cause: error });
}

const CHECK = "Check its address and the page's Content-Security-Policy.";

import type { DeviceChoice, Info } from "../c3lrp.js";
import { Cancelled, LibraryError, sentence } from "./errors.js";
import { forgetKernels, keepKernels, measuredKernels } from "./kernels.js";
import type { Pixels } from "./picture.js";
import type { Answer, Ask, Call, Following, Kind, Reply, Truth, Wasm, Weights } from "./protocol.js";

export interface EngineEvents {
  /** The GPU failed; what was asked for goes on with a new worker on the CPU. */
  onLostGpu(why: LibraryError): void;
  /** The weights are on a device again, after a worker was lost. */
  onLoaded(info: Info): void;
  /** A network is about to be loaded, in place of what the worker holds. */
  onLoading?(network: Network): void;
}

export interface Setting {
  /** The wasm, or where it is, if not beside the library. */
  readonly wasm?: Wasm | undefined;
  /** Whether what is measured of a GPU is kept for later visits; true. */
  readonly keeps?: boolean;
  /** What to do where the worker itself does not start. */
  readonly remedy?: string;
  /** What another worker has compiled of it. */
  readonly compiled?: WebAssembly.Module | undefined;
  /** Whether everything runs on the CPU, whatever device is asked for. */
  readonly onCpu?: boolean;
}

/** A network with a number of its own. The same weights read otherwise are another. */
export interface Network extends Weights {
  readonly id: number;
}

/** A picture with a number of its own, by which the worker knows it again. */
export interface Picture extends Pixels {
  readonly id: number;
  /** What is known to be where in it. */
  readonly bird?: Truth;
}

/** The network that a call is for, and the choice of device that it runs by. */
export interface On {
  readonly network: Network;
  readonly device: DeviceChoice;
}

interface Pending {
  readonly call: Call;
  /** Only what needs what the worker holds is followed: another worker can't take it over. */
  readonly following: Following | undefined;
  resolve(answer: Answer<Kind>): void;
  reject(error: Error): void;
}

/** A call that ends at its next step when it is told to; one that doesn't within this time takes the worker with it. */
const PATIENCE = 15_000;

/**
 * The one client of the worker. Calls that need the network are to come one after another, which its user sees to;
 * what needs no network goes on beside them. A worker that broke is replaced.
 */
export class Engine {
  /** Started by the first call after it is needed: one that can't be started is not tried over and over. */
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #held: (On & { readonly info: Info }) | undefined;
  #compiled: WebAssembly.Module | undefined;
  /** Where the network ran last, whatever became of its worker. */
  #device: Info["device"] | undefined;
  /** Which picture the worker holds. */
  #pictureId = 0;
  #closed = false;

  constructor(
    /** Starts a worker that is `worker.js`. */
    readonly start: () => Worker,
    readonly events: EngineEvents,
    readonly setting: Setting = {},
  ) {}

  /** What the worker holds; nothing while it loads, and where it broke. */
  get held(): (On & { readonly info: Info }) | undefined {
    return this.#held;
  }

  /** The wasm as a worker compiled it. */
  get compiled(): WebAssembly.Module | undefined {
    return this.#compiled ?? this.setting.compiled;
  }

  /**
   * Loads weights onto a device; where the GPU fails meanwhile, they are on the CPU, and `lost` says why. Loading can't
   * be stopped in the middle, so that a signal ends the worker.
   */
  async load({ network, device }: On, following: Following) {
    return await this.#steadily(
      async (lost) => ({ info: await this.#create(network, this.#choice(device, lost), following), lost }),
      () => this.#choice(device) !== "cpu",
    );
  }

  /** Asks about a picture; loads the network first where the worker holds another, or was lost. */
  async about<
    K extends "explain" | "relevance" | "concepts" | "without" | "parted" | "measure" | "judge" | "film",
  >(kind: K, on: On, picture: Picture, ask: Ask<K>, following: Following): Promise<Answer<K>> {
    return await this.#steadily(
      async (lost) => {
        await this.#loadedOn(on, following, lost);
        // What is never posted brings the worker no picture.
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

  /** Explains a camera's frame, which becomes the worker's whatever comes of it. */
  async glimpse(on: On, ask: Ask<"glimpse">, following: Following): Promise<Answer<"glimpse">> {
    let posted = false;
    try {
      return await this.#steadily(
        async (lost) => {
          await this.#loadedOn(on, following, lost);
          // It went with the worker that broke: the next frame is asked about in its place.
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

  /** Loads the network where the worker holds another, or was lost. */
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

  /** Asks what needs no network. */
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
    // The worker gives up what it holds before it loads.
    this.#held = undefined;
    const { keeps = true } = this.setting;
    const kernels = keeps ? measuredKernels() : [];
    const { info } = await this.#call("create", { source, device, kernels }, following, 0);
    if (info.kernels && keeps) keepKernels(info.kernels);
    this.#held = { network, device, info };
    this.#device = info.device;
    return info;
  }

  /** Does what may break the worker. Where it breaks on the GPU, it is done once more, on the CPU, and told why. */
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
      // What was measured on a GPU that computed wrongly is measured, and held against the CPU, again.
      if (error.name === WRONG) forgetKernels();
      return await this.#steadily(() => work(error));
    }
  }

  /** Asks the worker. A signal that aborts ends the call at its next step, or, once patience is over, with the worker. */
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
      // A signal that came too late to be heard by the worker counts all the same.
      if (signal?.aborted) throw new Cancelled();
      return answer;
    } finally {
      signal?.removeEventListener("abort", end);
      this.#pending.delete(id);
    }
  }

  /** Throws where it was closed. */
  holdOpen(): void {
    if (this.#closed) throw new LibraryError("WorkerError", sentence("closed", {}));
  }

  /** Ends the worker, and every call with it. */
  close(): void {
    this.#closed = true;
    this.#restart(new Cancelled(), () => true);
  }

  /** Ends a call. What was asked beside it is asked of the new worker where it takes the old one along. */
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
    const worker = this.start();
    // A module that can't be read there leaves the address.
    for (const wasm of [this.setting.wasm, this.compiled])
      if (wasm !== undefined) worker.postMessage({ id: 0, kind: "wasm", wasm } satisfies Call);
    let heard = false;
    // A worker that broke may say so twice, and the second time when another is in its place.
    const here = (): boolean => worker === this.#worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      heard = true;
      if (here()) this.#receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      // One that never said a word could not be fetched, or is no worker.
      if (here()) this.#broke(heard ? "Crashed" : NEVER_HEARD, event.message ?? "");
    };
    return worker;
  }

  #broke(name: string, text: string): void {
    this.#restart(new LibraryError(name, { code: "", params: {}, text }), () => true);
  }

  #receive(reply: Reply): void {
    if (reply.kind === "here") return;
    if (reply.kind === "compiled") {
      this.#compiled = reply.module;
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
    // The worker is of no use any more.
    if (error instanceof LibraryError && isFatal(error)) this.#restart(error);
    pending.reject(error);
  }

  /** Gives a worker up. What `fails` with it is what needs what it held; the rest is asked of a new one. */
  #restart(why: Error, fails = ({ following }: Pending): boolean => following !== undefined): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#held = undefined;
    this.#pictureId = 0;
    for (const [id, pending] of [...this.#pending]) {
      if (!fails(pending)) this.#post(pending.call);
      else if (this.#pending.delete(id)) pending.reject(why);
    }
  }
}

const [WRONG, NEVER_HEARD, NOT_STARTED] = ["DeviceWrong", "NeverHeard", "NotStarted"];

/** Whether it was never started: the worker itself, which said no word, or the library in it. */
const isUnstarted = ({ name }: LibraryError): boolean => name === NEVER_HEARD || name === NOT_STARTED;

/** Whether the worker can't be used any more. */
const isFatal = (error: LibraryError): boolean =>
  ["DeviceLost", WRONG, "EngineError", "Crashed"].includes(error.name) || isUnstarted(error);

/** The worker broke. What the device computed wrongly says so itself. */
function stopped(error: LibraryError, remedy = CHECK): LibraryError {
  if (error.name === WRONG) return error;
  const said = {
    [NEVER_HEARD]: sentence("not-started", { remedy }),
    [NOT_STARTED]: sentence("wasm-not-started", {}),
  };
  return new LibraryError("WorkerError", said[error.name] ?? sentence("stopped", {}), { cause: error });
}

const CHECK = "Check its address and the page's Content-Security-Policy.";

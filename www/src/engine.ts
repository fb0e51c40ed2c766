import type { Bird, DeviceChoice, Faithfulness, Info, OnProgress } from "c3lrp";
import { moduleWorker } from "./browser";
import { Cancelled, EngineError, UserError } from "./errors";
import { forgetKernels, keepKernels, measuredKernels } from "./kernels";
import type { Picture } from "./picture";
import type {
  Asked,
  AskedBird,
  Call,
  Catalogue,
  Explained,
  Film,
  Following,
  Judge,
  Refiltered,
  Reply,
  Truth,
} from "./protocol";
import type { Network } from "./state";
import workerUrl from "./worker?worker&url";

export interface EngineEvents {
  /** The GPU failed; what was asked for goes on with a new worker on the CPU. */
  onLostGpu(why: EngineError): void;
  /** The weights are on a device again, after a worker was lost. */
  onLoaded(info: Info): void;
}

/** The network that a call is for, and the choice of device that it runs by. */
export interface On {
  readonly network: Network;
  readonly device: DeviceChoice;
}

/** What came of loading: where the GPU failed meanwhile, the network is on the CPU, and this says why. */
export interface Loaded {
  readonly info: Info;
  readonly lost?: EngineError;
}

type Answer = Exclude<Reply, { kind: "progress" | "crashed" | "failed" }>;
type AnswerOf<K extends Answer["kind"]> = Extract<Answer, { kind: K }>;

interface Pending {
  readonly call: Call;
  /** Whether it needs what the worker holds, so that another worker can't take it over. */
  readonly bound: boolean;
  readonly onProgress: OnProgress;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A call without the number that the client gives it. */
type Ask = Call extends infer C ? (C extends Call ? Omit<C, "id"> : never) : never;

/** A call that needs the network and the picture. */
type OnPicture = Extract<Ask, { kind: "explain" | "measure" | "judge" | "film" }>;

/** A call that ends at its next step when it is told to; one that doesn't within this time takes the worker with it. */
const PATIENCE = 15_000;

/**
 * The one client of the worker. Calls that need the network are to come one after another, which the desk sees to;
 * what needs no network goes on beside them. A worker that broke is replaced.
 */
export class Engine {
  /** Started by the first call after it is needed: one that can't be started is not tried over and over. */
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** What the worker holds; nothing while it loads, and where it broke. */
  #loaded: { readonly network: number; readonly device: DeviceChoice } | undefined;
  /** Where the network ran last, whatever became of its worker. */
  #device: Info["device"] | undefined;
  /** Which picture the worker holds. */
  #pictureId = 0;

  constructor(readonly events: EngineEvents) {}

  /** Loads weights onto a device. Loading can't be stopped in the middle, so that a signal ends the worker. */
  async load(on: On, following: Following): Promise<Loaded> {
    return await this.#create(on, following);
  }

  /** Explains a picture; loads the network first where the worker holds another, or was lost. */
  async explain(on: On, picture: Picture, options: Asked, following: Following): Promise<Explained> {
    return (await this.#onPicture("explained", on, picture, { kind: "explain", options }, following))
      .explained;
  }

  /** Measures how many masks RISE gets through in about a minute. */
  async measure(on: On, picture: Picture, fit: Asked["fit"], following: Following): Promise<number> {
    return (await this.#onPicture("measured", on, picture, { kind: "measure", fit }, following)).masks;
  }

  /** Insertion and deletion of a map of the picture. */
  async judge(
    on: On,
    picture: Picture,
    ask: { fit: Asked["fit"]; map: Float32Array; target: number; judge: Judge },
    following: Following,
  ): Promise<Faithfulness> {
    return (await this.#onPicture("judged", on, picture, { kind: "judge", ...ask }, following)).curves;
  }

  /** The picture at every point of a map's curves. */
  async film(
    on: On,
    picture: Picture,
    ask: { fit: Asked["fit"]; map: Float32Array; points: number; judge: Judge },
    following: Following,
  ): Promise<Film> {
    return (await this.#onPicture("filmed", on, picture, { kind: "film", ...ask }, following)).film;
  }

  /** What is explained already, by another filter. */
  async refilter(
    explained: Explained,
    filter: Asked["filter"],
    truth: Truth | undefined,
  ): Promise<Explained> {
    const { map, width, height } = explained;
    const ask: Ask = { kind: "refilter", explained: { map, width, height }, filter, truth };
    const refiltered: Refiltered = (await this.#beside("refiltered", ask)).refiltered;
    return { ...explained, ...refiltered };
  }

  /** What can be drawn, and how it can be explained. */
  async catalogue(): Promise<Catalogue> {
    return (await this.#beside("catalogue", { kind: "catalogue" })).catalogue;
  }

  /** The names in a list of classes. */
  async parseLabels(bytes: Uint8Array): Promise<readonly string[]> {
    return (await this.#beside("labelled", { kind: "labels", bytes })).names;
  }

  async draw(bird: AskedBird): Promise<Bird> {
    return (await this.#beside("drawn", { kind: "draw", bird })).bird;
  }

  /** A call that needs no network. */
  async #beside<K extends Answer["kind"]>(kind: K, ask: Ask): Promise<AnswerOf<K>> {
    return await this.#afresh(() => this.#call(kind, ask));
  }

  async #create(on: On, following: Following): Promise<Loaded> {
    try {
      return { info: await this.#createOnce(on, following) };
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      if (on.device === "cpu" || error.name === "NotStarted") throw stopped(error);
      leaveGpu(error);
      const info = await this.#afresh(() => this.#createOnce({ ...on, device: "cpu" }, following));
      return { info, lost: error };
    }
  }

  /** Does something that breaks no worker, or says that it did: what failed on the GPU is not tried a third time. */
  async #afresh<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      throw stopped(error);
    }
  }

  async #createOnce({ network, device }: On, { signal, onProgress }: Following): Promise<Info> {
    const { called, weights, reading, network: beginning, configs } = network;
    const config = configs.map(({ text }) => text);
    const source = { called, weights, reading, network: beginning, config };
    const ask: Ask = { kind: "create", source, device, kernels: measuredKernels() };
    // The worker gives up what it holds before it loads.
    this.#loaded = undefined;
    const { info } = await this.#call("created", ask, onProgress, { signal, patience: 0 });
    if (info.kernels) keepKernels(info.kernels);
    this.#loaded = { network: network.id, device };
    this.#device = info.device;
    return info;
  }

  async #onPicture<K extends Answer["kind"]>(
    kind: K,
    on: On,
    picture: Picture,
    ask: OnPicture,
    following: Following,
  ): Promise<AnswerOf<K>> {
    try {
      return await this.#onPictureOnce(kind, on, picture, ask, following);
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      console.warn(`${error.name}: ${error.message}`);
      if (this.#device !== "webgpu" || error.name === "NotStarted") throw stopped(error);
      leaveGpu(error);
      this.events.onLostGpu(error);
      const onCpu: On = { ...on, device: "cpu" };
      return await this.#afresh(() => this.#onPictureOnce(kind, onCpu, picture, ask, following));
    }
  }

  async #onPictureOnce<K extends Answer["kind"]>(
    kind: K,
    on: On,
    picture: Picture,
    ask: OnPicture,
    following: Following,
  ): Promise<AnswerOf<K>> {
    if (this.#loaded?.network !== on.network.id || this.#loaded.device !== on.device) {
      const { info, lost } = await this.#create(on, following);
      this.events.onLoaded(info);
      if (lost) this.events.onLostGpu(lost);
    }
    // What is never posted brings the worker no picture.
    if (following.signal.aborted) throw new Cancelled();
    const { rgba, width, height, bird: truth } = picture;
    const known = this.#pictureId === picture.id;
    this.#pictureId = picture.id;
    const full = known ? ask : { ...ask, pixels: { rgba, width, height, truth } };
    return await this.#call(kind, full, following.onProgress, {
      signal: following.signal,
      patience: PATIENCE,
    });
  }

  /** Asks the worker. A signal that aborts ends the call: at its next step, or with the worker. */
  async #call<K extends Answer["kind"]>(
    kind: K,
    ask: Ask,
    onProgress: OnProgress = () => {},
    stop?: { readonly signal: AbortSignal; readonly patience: number },
  ): Promise<AnswerOf<K>> {
    if (stop?.signal.aborted) throw new Cancelled();
    const call: Call = { ...ask, id: ++this.#lastId };
    const answered = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(call.id, { call, bound: stop !== undefined, onProgress, resolve, reject });
      this.#post(call);
    });
    const done = new AbortController();
    stop?.signal.addEventListener("abort", () => this.#end(call.id, stop.patience), { signal: done.signal });
    try {
      const answer = await answered;
      // A signal that came too late to be heard by the worker counts all the same.
      if (stop?.signal.aborted) throw new Cancelled();
      if (answer.kind !== kind) throw stopped();
      return answer as AnswerOf<K>;
    } finally {
      done.abort();
    }
  }

  /** Ends a call. What was asked beside it is asked of the new worker where it takes the old one along. */
  #end(id: number, patience: number): void {
    if (patience > 0) this.#post({ kind: "stop", id });
    const end = (): void => {
      const pending = this.#pending.get(id);
      if (!pending) return;
      this.#pending.delete(id);
      const off = new Cancelled();
      this.#restart(off);
      pending.reject(off);
    };
    if (patience === 0) end();
    else setTimeout(end, patience);
  }

  #post(call: Call): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(call);
  }

  #start(): Worker {
    const worker = moduleWorker(workerUrl);
    // A worker that broke may say so twice, and the second time when another is in its place.
    const receive = (reply: Reply): void => {
      if (worker === this.#worker) this.#receive(reply);
    };
    worker.onmessage = ({ data }: MessageEvent<Reply>) => receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      receive({ id: 0, kind: "crashed", message: event.message ?? "" });
    };
    return worker;
  }

  #receive(reply: Reply): void {
    if (reply.kind === "crashed") {
      const error = new EngineError("Crashed", plain(reply.message));
      const waiting = [...this.#pending.values()];
      this.#pending.clear();
      this.#restart(error);
      for (const { reject } of waiting) reject(error);
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === "progress") {
      pending.onProgress(reply.done, reply.total, reply.what);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.kind !== "failed") {
      pending.resolve(reply);
      return;
    }
    const { name, sentence } = reply;
    const error = name === "AbortError" ? new Cancelled() : new EngineError(name, sentence);
    // The worker is of no use any more.
    if (error instanceof EngineError && error.fatal) this.#restart(error);
    pending.reject(error);
  }

  /** Gives a worker up. What needs what it held has failed with it; the rest is asked of a new one. */
  #restart(why: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#loaded = undefined;
    this.#pictureId = 0;
    for (const [id, { call, bound, reject }] of [...this.#pending]) {
      if (!bound) this.#post(call);
      else if (this.#pending.delete(id)) reject(why);
    }
  }
}

/** What was measured on a GPU that computed wrongly is measured, and held against the CPU, again. */
function leaveGpu(why: EngineError): void {
  if (why.wrong) forgetKernels();
}

const plain = (text: string) => ({ code: "", params: {}, text });

/** The worker broke. What the device computed wrongly, and what never started, says so itself. */
const stopped = (error?: EngineError): Error =>
  error?.wrong
    ? error
    : new UserError(({ t }) => (error?.name === "NotStarted" ? t.errors.notStarted : t.errors.stopped));

import type { Bird, DeviceChoice, Faithfulness, Info, OnProgress } from "c3lrp";
import { forgetKernels, keepKernels, measuredKernels } from "./kernels";
import type { Picture } from "./picture";
import type { Asked, AskedBird, Call, Catalogue, Explained, Film, Judge, Reply, Truth } from "./protocol";
import type { Source } from "./source";
import { Cancelled, UserError } from "./words";

/** An error that the library reported, or the end of a worker. */
export class EngineError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
  /** After these the worker cannot be used any more. */
  get fatal(): boolean {
    return ["DeviceLost", "DeviceWrong", "EngineError", "Crashed"].includes(this.name);
  }
  /** What the device gave was wrong, and was withheld. */
  get wrong(): boolean {
    return this.name === "DeviceWrong";
  }
}

export interface EngineEvents {
  /** The GPU failed; what was asked for goes on with a new worker on the CPU. */
  onLostGpu(why: EngineError): void;
  /** The weights are on a device, for the first time or again. */
  onLoaded(info: Info): void;
}

type Answer = Exclude<Reply, { kind: "progress" | "crashed" | "failed" }>;

interface Pending {
  readonly call: Call;
  readonly onProgress: OnProgress;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A call without the number that the client gives it. */
type Ask = Call extends infer C ? (C extends Call ? Omit<C, "id"> : never) : never;

/** A call that needs the network and the picture. */
type OnPicture = Extract<Ask, { kind: "explain" | "measure" | "judge" | "film" }>;

/**
 * The one client of the worker. Calls of the network run one after another, and what needs no network
 * beside them; a worker that broke is replaced.
 */
export class Engine {
  #worker = this.#start();
  #pending: Pending | undefined;
  /** Calls that need no network: nothing calls them off, a new worker is asked again. */
  readonly #asides = new Map<number, Pending>();
  #lastId = 0;
  #source: Source | undefined;
  #choice: DeviceChoice = "auto";
  #info: Info | undefined;
  /** Which picture the worker holds. */
  #pictureId = 0;
  /** The worker broke while nobody waited for it. */
  #broken = false;

  constructor(readonly events: EngineEvents) {}

  /** Loads weights onto a device. What was loaded before stays remembered until this has worked. */
  async load(source: Source, choice: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    this.#info = undefined;
    const info = await this.#create(source, choice, onProgress);
    this.#source = source;
    return info;
  }

  /** Explains a picture; loads the weights again first when a worker was lost or the work called off. */
  async explain(picture: Picture, options: Asked, onProgress: OnProgress): Promise<Explained> {
    const answer = await this.#onPicture(picture, { kind: "explain", options }, onProgress);
    if (answer.kind !== "explained") throw stopped();
    return answer.explained;
  }

  /** Measures how many masks RISE gets through in about a minute; loads the weights as `explain` does. */
  async measure(picture: Picture, fit: Asked["fit"], onProgress: OnProgress): Promise<number> {
    const answer = await this.#onPicture(picture, { kind: "measure", fit }, onProgress);
    if (answer.kind !== "measured") throw stopped();
    return answer.masks;
  }

  /** Insertion and deletion of a map of the picture; the signal ends it at the next pass. */
  async judge(
    picture: Picture,
    ask: { fit: Asked["fit"]; map: Float32Array; target: number; judge: Judge },
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Faithfulness> {
    const answer = await this.#onPicture(picture, { kind: "judge", ...ask }, onProgress, signal);
    if (answer.kind !== "judged") throw stopped();
    return answer.curves;
  }

  /** The picture at every point of a map's curves. */
  async film(
    picture: Picture,
    ask: { fit: Asked["fit"]; map: Float32Array; points: number; judge: Judge },
    onProgress: OnProgress,
  ): Promise<Film> {
    const answer = await this.#onPicture(picture, { kind: "film", ...ask }, onProgress);
    if (answer.kind !== "filmed") throw stopped();
    return answer.film;
  }

  /** What is explained already, by another filter. */
  async refilter(
    explained: Explained,
    filter: Asked["filter"],
    truth: Truth | undefined,
  ): Promise<Explained> {
    const { map, width, height } = explained;
    const answer = await this.#aside({ kind: "refilter", explained: { map, width, height }, filter, truth });
    if (answer.kind !== "refiltered") throw stopped();
    return { ...explained, ...answer.refiltered };
  }

  /** What can be drawn, and how it can be explained. */
  async catalogue(): Promise<Catalogue> {
    const answer = await this.#aside({ kind: "catalogue" });
    if (answer.kind !== "catalogue") throw stopped();
    return answer.catalogue;
  }

  /** The names in a list of classes. */
  async parseLabels(bytes: Uint8Array): Promise<readonly string[]> {
    const answer = await this.#aside({ kind: "labels", bytes });
    if (answer.kind !== "labelled") throw stopped();
    return answer.names;
  }

  async draw(bird: AskedBird): Promise<Bird> {
    const answer = await this.#aside({ kind: "draw", bird });
    if (answer.kind !== "drawn") throw stopped();
    return answer.bird;
  }

  /** Whether a call is under way. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Calls off what is going on: wasm cannot be interrupted, so the worker is replaced. */
  cancel(): void {
    const pending = this.#pending;
    this.#restart();
    pending?.reject(new Cancelled());
  }

  async #create(source: Source, choice: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    try {
      return await this.#createOnce(source, choice, onProgress);
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      this.#restart();
      if (choice === "cpu") throw stopped();
      const info = await this.#afresh(() => this.#createOnce(source, "cpu", onProgress));
      this.#leaveGpu(error);
      return info;
    }
  }

  /** Does something on the CPU that failed on the GPU; where that breaks the worker too, no third time. */
  async #afresh<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      this.#restart();
      throw error.wrong ? error : stopped();
    }
  }

  async #createOnce(source: Source, device: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    const kernels = measuredKernels();
    const { called, weights, reading, network, configs } = source;
    const config = configs.map(({ text }) => text);
    const given = { called, weights, reading, network, config };
    const answer = await this.#call({ kind: "create", source: given, device, kernels }, onProgress);
    if (answer.kind !== "created") throw stopped();
    if (answer.info.kernels) keepKernels(answer.info.kernels);
    this.#choice = device;
    this.#info = answer.info;
    this.events.onLoaded(answer.info);
    return answer.info;
  }

  async #onPicture(
    picture: Picture,
    ask: OnPicture,
    onProgress: OnProgress,
    signal?: AbortSignal,
  ): Promise<Answer> {
    try {
      return await this.#onPictureOnce(picture, ask, onProgress, signal);
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      console.warn(`${error.name}: ${error.message}`);
      const wasGpu = this.#info?.device === "webgpu";
      this.#restart();
      if (!wasGpu) throw error.wrong ? error : stopped();
      this.#leaveGpu(error);
      return await this.#afresh(() => this.#onPictureOnce(picture, ask, onProgress, signal));
    }
  }

  #leaveGpu(why: EngineError): void {
    this.#choice = "cpu";
    // What was measured on it is measured, and held against the CPU, again.
    if (why.wrong) forgetKernels();
    this.events.onLostGpu(why);
  }

  async #onPictureOnce(
    picture: Picture,
    ask: OnPicture,
    onProgress: OnProgress,
    signal?: AbortSignal,
  ): Promise<Answer> {
    if (!this.#info) {
      if (!this.#source) throw new UserError("The weights are no longer loaded. Choose a model again.");
      await this.#create(this.#source, this.#choice, onProgress);
    }
    signal?.throwIfAborted();
    const { rgba, width, height, bird: truth } = picture;
    const known = this.#pictureId === picture.id;
    const worker = this.#worker;
    const answer = this.#call(known ? ask : { ...ask, pixels: { rgba, width, height, truth } }, onProgress);
    this.#pictureId = picture.id;
    const stop: Call = { kind: "stop", id: this.#lastId };
    signal?.addEventListener("abort", () => worker.postMessage(stop));
    const done = await answer;
    if (worker !== this.#worker) throw stopped();
    return done;
  }

  #call(ask: Ask, onProgress: OnProgress): Promise<Answer> {
    if (this.#pending)
      return Promise.reject(new UserError("The engine is still at work. Cancel that first."));
    if (this.#broken) this.#restart();
    const call: Call = { ...ask, id: ++this.#lastId };
    return new Promise<Answer>((resolve, reject) => {
      this.#pending = { call, onProgress, resolve, reject };
      this.#worker.postMessage(call);
    });
  }

  #aside(ask: Ask): Promise<Answer> {
    if (this.#broken) this.#restart();
    const call: Call = { ...ask, id: ++this.#lastId };
    return new Promise<Answer>((resolve, reject) => {
      this.#asides.set(call.id, { call, onProgress: () => {}, resolve, reject });
      this.#worker.postMessage(call);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    // A worker that broke may say so twice, and the second time when another is in its place.
    const receive = (reply: Reply): void => {
      if (worker === this.#worker) this.#receive(reply);
    };
    worker.onmessage = ({ data }: MessageEvent<Reply>) => receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      receive({ id: 0, kind: "crashed", message: event.message });
    };
    return worker;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending;
    if (reply.kind === "crashed") {
      const error = new EngineError("Crashed", reply.message);
      for (const aside of this.#asides.values()) aside.reject(stopped());
      this.#asides.clear();
      this.#pending = undefined;
      if (!pending) {
        this.#broken = true;
        this.#info = undefined;
      }
      pending?.reject(error);
      return;
    }
    const asked = this.#asides.get(reply.id) ?? (pending?.call.id === reply.id ? pending : undefined);
    if (!asked) return;
    if (reply.kind === "progress") {
      asked.onProgress(reply.done, reply.total, reply.what);
      return;
    }
    if (!this.#asides.delete(reply.id)) this.#pending = undefined;
    if (reply.kind === "failed" && reply.name === "AbortError") asked.reject(new Cancelled());
    else if (reply.kind === "failed") asked.reject(new EngineError(reply.name, reply.message));
    else asked.resolve(reply);
  }

  #restart(): void {
    this.#worker.terminate();
    this.#pending = undefined;
    this.#info = undefined;
    this.#pictureId = 0;
    this.#broken = false;
    this.#worker = this.#start();
    for (const { call } of this.#asides.values()) this.#worker.postMessage(call);
  }
}

const stopped = (): UserError =>
  new UserError(
    "The engine stopped unexpectedly and was started afresh. Your picture is still here: try again, " +
      "and if it stops again, close other tabs to free memory or choose another model.",
  );

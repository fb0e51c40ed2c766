import type { DeviceChoice, Info, OnProgress } from "c3lrp";
import type { Picture } from "./picture";
import type { Asked, Call, Explained, Reply } from "./protocol";
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
    return this.name === "DeviceLost" || this.name === "RuntimeError" || this.name === "Crashed";
  }
}

export interface EngineEvents {
  /** The GPU went away; what was asked for goes on with a new worker on the CPU. */
  onLostGpu(): void;
  /** The weights are on a device, for the first time or again. */
  onLoaded(info: Info): void;
}

type Answer = Exclude<Reply, { kind: "progress" | "crashed" | "failed" }>;

interface Pending {
  readonly id: number;
  readonly onProgress: OnProgress;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A call without the number that the client gives it. */
type Ask = Call extends infer C ? (C extends Call ? Omit<C, "id"> : never) : never;

/** The one client of the worker. Calls run one after another; a worker that broke is replaced. */
export class Engine {
  #worker = this.#start();
  #pending: Pending | undefined;
  #lastId = 0;
  #weights: Blob | undefined;
  #choice: DeviceChoice = "auto";
  #info: Info | undefined;
  /** Which picture the worker holds. */
  #pictureId = 0;
  /** The worker broke while nobody waited for it. */
  #broken = false;

  constructor(readonly events: EngineEvents) {}

  /** Loads weights onto a device. What was loaded before stays remembered until this has worked. */
  async load(weights: Blob, choice: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    this.#info = undefined;
    const info = await this.#create(weights, choice, onProgress);
    this.#weights = weights;
    return info;
  }

  /** Explains a picture; loads the weights again first when a worker was lost or the work called off. */
  async explain(picture: Picture, options: Asked, onProgress: OnProgress): Promise<Explained> {
    try {
      return await this.#explainOnce(picture, options, onProgress);
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      const wasGpu = this.#info?.device === "webgpu";
      this.#restart();
      if (!wasGpu) throw stopped();
      this.#choice = "cpu";
      this.events.onLostGpu();
      return await this.#explainOnce(picture, options, onProgress);
    }
  }

  /** Calls off what is going on: wasm cannot be interrupted, so the worker is replaced. */
  cancel(): void {
    const pending = this.#pending;
    this.#restart();
    pending?.reject(new Cancelled());
  }

  async #create(weights: Blob, choice: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    try {
      return await this.#createOnce(weights, choice, onProgress);
    } catch (error) {
      if (!(error instanceof EngineError && error.fatal)) throw error;
      this.#restart();
      if (choice === "cpu") throw stopped();
      this.events.onLostGpu();
      return await this.#createOnce(weights, "cpu", onProgress);
    }
  }

  async #createOnce(weights: Blob, device: DeviceChoice, onProgress: OnProgress): Promise<Info> {
    const answer = await this.#call({ kind: "create", weights, device }, onProgress);
    if (answer.kind !== "created") throw stopped();
    this.#choice = device;
    this.#info = answer.info;
    this.events.onLoaded(answer.info);
    return answer.info;
  }

  async #explainOnce(picture: Picture, options: Asked, onProgress: OnProgress): Promise<Explained> {
    if (!this.#info) {
      if (!this.#weights) throw new UserError("The weights are no longer loaded. Choose a model again.");
      await this.#create(this.#weights, this.#choice, onProgress);
    }
    const { rgba, width, height } = picture;
    const known = this.#pictureId === picture.id;
    const call: Ask = known
      ? { kind: "explain", options }
      : { kind: "explain", options, pixels: { rgba, width, height } };
    const worker = this.#worker;
    const answer = this.#call(call, onProgress);
    this.#pictureId = picture.id;
    const done = await answer;
    if (done.kind !== "explained" || worker !== this.#worker) throw stopped();
    return done.explained;
  }

  #call(ask: Ask, onProgress: OnProgress): Promise<Answer> {
    if (this.#pending)
      return Promise.reject(new UserError("The engine is still at work. Cancel that first."));
    if (this.#broken) this.#restart();
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      this.#pending = { id, onProgress, resolve, reject };
      this.#worker.postMessage({ ...ask, id });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#receive({ id: 0, kind: "crashed", message: event.message });
    };
    return worker;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending;
    if (!pending && reply.kind === "crashed") {
      this.#broken = true;
      this.#info = undefined;
    }
    if (!pending || (reply.id !== 0 && reply.id !== pending.id)) return;
    if (reply.kind === "progress") {
      pending.onProgress(reply.done, reply.total, reply.what);
      return;
    }
    this.#pending = undefined;
    if (reply.kind === "crashed") pending.reject(new EngineError("Crashed", reply.message));
    else if (reply.kind === "failed") pending.reject(new EngineError(reply.name, reply.message));
    else pending.resolve(reply);
  }

  #restart(): void {
    this.#worker.terminate();
    this.#pending = undefined;
    this.#info = undefined;
    this.#pictureId = 0;
    this.#broken = false;
    this.#worker = this.#start();
  }
}

const stopped = (): UserError =>
  new UserError(
    "The engine stopped unexpectedly and was started afresh. Your picture is still here: try again, " +
      "and if it stops again, close other tabs to free memory or choose another model.",
  );

import init, { type LibraryError, type OnProgress } from "../c3lrp.js";
import { answers, type Move } from "./answers.js";
import { lookAt } from "./held.js";
import type { Answer, Call, CallOf, Following, Kind, Reply, Wasm } from "./protocol.js";

declare const self: DedicatedWorkerGlobalScope;

/** The wasm, or its address; by default beside the library. */
let wasm: Wasm | undefined;
let ready: Promise<unknown> | undefined;
/** The wasm that the page is compiling. */
let coming: Promise<WebAssembly.Module | undefined> | undefined;
/** Cancels running calls, by their numbers. */
const stops = new Map<number, AbortController>();

/** Tells the page what was compiled, where modules can be posted. */
function tellCompiled(module: WebAssembly.Module): void {
  try {
    reply({ id: 0, kind: "compiled", module });
  } catch {
    // Further workers fetch it then.
  }
}

/** The library's start compiles what it fetches. Compiled before, the page has it already. */
const { instantiateStreaming } = WebAssembly;
if (instantiateStreaming)
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const compiled = await instantiateStreaming(source, imports);
    tellCompiled(compiled.module);
    return compiled;
  };

/** What the page posts through a port, once; nothing where that can't be read here. */
const comingFrom = (port: MessagePort): Promise<WebAssembly.Module | undefined> =>
  new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<WebAssembly.Module | undefined>) => resolve(data);
    port.onmessageerror = () => resolve(undefined);
  });

async function start(): Promise<unknown> {
  const compiled = await coming;
  coming = undefined;
  if (compiled) tellCompiled(compiled);
  wasm ??= compiled;
  return await init(wasm === undefined ? undefined : { module_or_path: wasm });
}

/** Fetches and starts the library. Whoever asks next retries a failed start. */
function library(): Promise<unknown> {
  ready ??= start().catch((error: unknown) => {
    ready = undefined;
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { name: "NotStarted" });
  });
  return ready;
}

async function answer<K extends Kind>(call: CallOf<K>, following: Following, move: Move): Promise<Answer<K>> {
  await library();
  return await answers[call.kind](call, following, move);
}

const reply = (message: Reply, transfer: Transferable[] = []): void => self.postMessage(message, transfer);

self.onmessage = async ({ data: call }: MessageEvent<Call>) => {
  const { id } = call;
  if (call.kind === "stop") {
    stops.get(id)?.abort();
    return;
  }
  if (call.kind === "begin") {
    coming = comingFrom(call.wasm);
    // The call that needs it tells of a failure.
    library().catch(() => {});
    return;
  }
  if (call.kind === "wasm") {
    wasm = call.wasm;
    return;
  }
  // Kept even if the call fails: later calls leave the pixels out.
  if ("pixels" in call && call.pixels) lookAt(call.pixels);
  const onProgress: OnProgress = (done, total, what) => reply({ id, kind: "progress", done, total, what });
  const stop = new AbortController();
  stops.set(id, stop);
  const moved: Transferable[] = [];
  const move: Move = (...pixels) => moved.push(...pixels.map(({ buffer }) => buffer));
  try {
    reply({ id, ...(await answer(call, { onProgress, signal: stop.signal }, move)) }, moved);
  } catch (error) {
    reply({ id, kind: "failed", ...told(error) });
  } finally {
    stops.delete(id);
  }
};

/** The library's errors have a code and parameters besides their English text. */
function told(error: unknown): Pick<Extract<Reply, { kind: "failed" }>, "name" | "what"> {
  const thrown: Error & Partial<Pick<LibraryError, "code" | "params">> =
    error instanceof Error ? error : new Error(String(error));
  const { name, message: text, code = "", params = {} } = thrown;
  return { name, what: { code, params, text } };
}

// A trap inside the library's asynchronous code doesn't reject any promise that we hold.
const crashed = (reason: unknown): void =>
  reply({ id: 0, kind: "crashed", message: reason instanceof Error ? reason.message : String(reason) });
self.addEventListener("unhandledrejection", ({ reason }) => crashed(reason));
self.addEventListener("error", ({ message }) => crashed(message));

reply({ id: 0, kind: "here" });

/** Modules from outside this package. Only the parts of Node that are used: its own types would reach all modules. */

declare module "node:fs/promises" {
  export function readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>>;
}

declare module "node:os" {
  export function availableParallelism(): number;
  export function totalmem(): number;
}

declare module "node:worker_threads" {
  export interface Port {
    postMessage(message: unknown, transfer?: readonly unknown[]): void;
    on<Message>(event: "message", listener: (message: Message) => void): void;
  }
  export class Worker implements Port {
    constructor(address: URL);
    postMessage(message: unknown, transfer?: readonly unknown[]): void;
    on(event: "error", listener: (error: Error) => void): void;
    on<Message>(event: "message", listener: (message: Message) => void): void;
    terminate(): Promise<number>;
    ref(): void;
    unref(): void;
  }
  export const parentPort: Port | null;
}

/** The package with the networks' files: `pkg/birds`. */
declare module "c3lrp-birds" {
  export const networks: Readonly<
    Record<"resnet50" | "resnet50-spurious" | "abn", { readonly url: URL; readonly integrity: string }>
  >;
}

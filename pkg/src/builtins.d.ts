/** The little of Node that node.ts and thread-node.ts use: its own types would reach all other modules too. */

declare module "node:fs/promises" {
  export function readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>>;
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

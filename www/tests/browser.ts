/** Parts of a browser that Node lacks, as far as the page uses them; a page's storage outlives the page. */

/** Cache Storage in memory. One that forgets takes everything and keeps nothing, as private sessions of WebKit do. */
export class FakeCaches {
  readonly #caches = new Map<string, Map<string, Blob>>();
  constructor(readonly forgets = false) {}

  async open(name: string) {
    const kept = this.#caches.get(name) ?? new Map<string, Blob>();
    this.#caches.set(name, kept);
    const forgets = this.forgets;
    return {
      match: async (url: string) => {
        const blob = kept.get(url);
        return blob && new Response(blob);
      },
      put: async (url: string, answer: Response) => {
        const blob = await answer.blob();
        if (!forgets) kept.set(url, blob);
      },
      delete: async (url: string) => kept.delete(url),
      keys: async () => [...kept.keys()].map((url) => ({ url })),
    };
  }
}

/** Web Locks, shared by the tabs of a test. */
export class FakeLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  async request<T>(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: object | null) => Promise<T>,
  ): Promise<T> {
    if (options.ifAvailable && this.#held.has(name)) return await work(null);
    while (this.#held.has(name)) {
      await this.#held.get(name);
      options.signal?.throwIfAborted();
    }
    const running = work({ name });
    const held = running.catch(() => {}).then(() => this.#held.delete(name));
    this.#held.set(name, held);
    return await running;
  }
}

/** A server with one file, which it sends piece by piece. */
export class FakeServer {
  readonly asked: { readonly url: string; readonly from: number }[] = [];
  /** How many bytes it sends before it pauses. */
  most = Number.POSITIVE_INFINITY;
  constructor(readonly file: Uint8Array<ArrayBuffer>) {}

  readonly fetch = async (url: string, { headers = {}, signal }: RequestInit = {}): Promise<Response> => {
    const from = Number(/bytes=(\d+)-/.exec(new Headers(headers).get("Range") ?? "")?.[1] ?? 0);
    this.asked.push({ url: String(url), from });
    let at = from;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        do {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (signal?.aborted) {
            controller.error(signal.reason);
            return;
          }
        } while (at >= this.most);
        const end = Math.min(this.file.length, at + 1_500_000);
        controller.enqueue(this.file.slice(at, end));
        at = end;
        if (at === this.file.length) controller.close();
      },
    });
    const length = String(this.file.length - from);
    return new Response(body, {
      status: from > 0 ? 206 : 200,
      headers: { "Content-Length": length, ETag: "one" },
    });
  };
}

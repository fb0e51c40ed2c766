import type { Info } from "c3lrp";
import type { Call, Explained, Glimpse, Reply, Sentence } from "c3lrp/client";

/** How a worker of these tests behaves. */
export interface Manner {
  /** How many turns of the loop a call takes. */
  readonly turns: (call: Call) => number;
  /** The error that a call ends in, if it does; "crash" breaks the worker. */
  readonly fails?: (call: Call) => string | undefined;
}

const SIDE = 6;
export const SPECIES = ["Wren", "Finch", "Crow", "Tit"];

type Asking = Exclude<Call, { kind: "stop" | "wasm" | "begin" }>;

/** Stands in for the worker: it answers as the library would, with numbers that follow from what it is asked. */
export class FakeWorker {
  static manner: Manner = { turns: () => 1 };
  /** Whether a GPU is here. */
  static gpu = false;
  static readonly all: FakeWorker[] = [];
  /** Every call that any worker was given. */
  static readonly calls: Call[] = [];

  onmessage: ((event: MessageEvent<Reply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  #ended = false;
  #after: { readonly kind: Reply["kind"]; readonly act: () => void } | undefined;
  #source = "";
  #picture = 0;
  readonly #stopped = new Set<number>();
  readonly #open = new Set<number>();

  /** Whether its library has no part for the GPU. */
  readonly light: boolean;

  constructor(url: string | URL, options: { readonly type?: string }) {
    void options.type;
    this.light = /\blight\b/.test(String(url));
    FakeWorker.all.push(this);
  }

  /** How many calls that need the network are under way, in each worker that has any. */
  static get open(): number[] {
    return FakeWorker.all.map((worker) => worker.#open.size).filter((open) => open > 0);
  }

  /** The same in all workers. */
  static get atOnce(): number {
    return FakeWorker.open.reduce((sum, open) => sum + open, 0);
  }

  /** How many workers there are. */
  static get alive(): number {
    return FakeWorker.all.filter((worker) => !worker.#ended).length;
  }

  /** Does something as soon as such a reply was received. */
  after(kind: Reply["kind"], act: () => void): void {
    this.#after = { kind, act };
  }

  terminate(): void {
    this.#ended = true;
    this.#open.clear();
  }

  postMessage(call: Call, moved: Transferable[] = []): void {
    if (this.#ended) throw new Error("the worker has ended");
    // What is cloned must be plain.
    if (moved.length === 0) structuredClone(call);
    if (call.kind === "stop") this.#stopped.add(call.id);
    if (call.kind === "stop" || call.kind === "wasm" || call.kind === "begin") return;
    FakeWorker.calls.push(call);
    if ("pixels" in call && call.pixels) this.#picture = hash(call.pixels.rgba.join());
    const network = [
      "create",
      "explain",
      "score",
      "relevance",
      "glimpse",
      "concepts",
      "without",
      "parted",
      "measure",
      "judge",
      "film",
    ].includes(call.kind);
    if (network) this.#open.add(call.id);
    void this.#work(call).finally(() => this.#open.delete(call.id));
  }

  async #work(call: Asking): Promise<void> {
    for (let turn = FakeWorker.manner.turns(call); turn > 0; turn--) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (this.#ended) return;
      if (this.#stopped.has(call.id) && call.kind !== "create") {
        this.#reply({ id: call.id, kind: "failed", name: "AbortError", what: plain("stopped") });
        return;
      }
      const what = call.kind === "score" ? "masks" : "forward";
      this.#reply({ id: call.id, kind: "progress", done: 1, total: turn + 1, what });
    }
    if (call.kind === "create" && call.device === "webgpu" && this.light) {
      const what = { ...plain("no part for the GPU"), code: "no-gpu-build" };
      this.#reply({ id: call.id, kind: "failed", name: "DeviceError", what });
      return;
    }
    const error = FakeWorker.manner.fails?.(call);
    if (error === "crash") {
      this.onerror?.({ message: "out of memory", preventDefault: () => {} } as ErrorEvent);
    } else if (error) this.#reply({ id: call.id, kind: "failed", name: error, what: plain(`a ${error}`) });
    else this.#reply(this.#answer(call));
  }

  #reply(reply: Reply): void {
    if (!this.#ended) this.onmessage?.({ data: reply } as MessageEvent<Reply>);
    if (reply.kind === this.#after?.kind) this.#after.act();
  }

  #answer(call: Asking): Reply {
    const { id } = call;
    switch (call.kind) {
      case "create":
        this.#source = `${call.source.called} ${JSON.stringify(call.source.reading)}`;
        return { id, kind: "created", info: info(call.source.called, call.device, this.light) };
      case "explain":
        return { id, kind: "explained", explained: this.#explained(call.options, call.side, call.scores) };
      case "score": {
        const of = (mask: number) =>
          hash(`${this.#source} ${this.#picture} ${call.options.target ?? this.#best} ${mask}`);
        const scores = Float32Array.from({ length: call.count }, (_, i) => of(call.first + i));
        return { id, kind: "scored", scores };
      }
      case "relevance": {
        const { map } = this.#explained(call.options);
        return { id, kind: "related", relevance: Float32Array.from([...map, ...map, ...map]) };
      }
      case "glimpse":
        return { id, kind: "glimpsed", glimpse: this.#glimpse(call.options) };
      case "concepts": {
        const colours = new Uint8ClampedArray(4 * SIDE * SIDE);
        const of = hash(`${this.#source} ${this.#picture} ${call.layer}`);
        return { id, kind: "found", concepts: [{ channel: 3, relevance: of, share: 0.5, colours }] };
      }
      case "without": {
        const of = hash(`${this.#source} ${this.#picture} ${call.layer} ${call.channels}`);
        return { id, kind: "silenced", probabilities: Float32Array.of(of % 2, 1 - (of % 2)) };
      }
      case "parted": {
        const loss = hash(`${this.#source} ${call.bird.species} ${call.target}`);
        return {
          id,
          kind: "parted",
          parted: { parts: [{ part: "head", share: 0.5, loss }], correlation: undefined },
        };
      }
      case "measure":
        return { id, kind: "measured", masks: 100 };
      case "judge": {
        const curve = {
          shares: new Float32Array(3),
          probabilities: new Float32Array(3),
          area: call.map[0] ?? 0,
        };
        return { id, kind: "judged", curves: { insertion: curve, deletion: curve, id: 0 } };
      }
      case "film":
        return { id, kind: "filmed", film: { insertion: [], deletion: [] } };
      case "refilter": {
        const { map } = call;
        const factor = hash(JSON.stringify(call.filter)) / 1000;
        return {
          id,
          kind: "refiltered",
          refiltered: {
            ...filtered(map, factor),
            overlay: new Uint8ClampedArray(4 * SIDE * SIDE),
            masses: [],
          },
        };
      }
      case "labels":
        return { id, kind: "labelled", names: new TextDecoder().decode(call.bytes).trim().split("\n") };
      case "catalogue":
        return { id, kind: "catalogue", species: SPECIES.map(species), methods: METHODS };
      case "memory":
        return { id, kind: "remembered", memory: undefined };
      case "draw": {
        const { species: name, seed, side = 4, tag } = call.bird;
        const rgba = new Uint8ClampedArray(4 * side * side).fill(hash(`${name} ${seed} ${tag}`) % 256);
        const mask = new Uint8Array(side * side);
        return {
          id,
          kind: "drawn",
          bird: { species: name, seed, side, rgba, whole: mask, deciding: mask, parts: {}, objects: [] },
        };
      }
    }
  }

  /** What is said of a frame, which has no pixels here. */
  #glimpse(options: Extract<Call, { kind: "explain" }>["options"]): Glimpse {
    const { target, probabilities, overlay, width, height, crop } = this.#explained(options);
    const top = Array.from(probabilities, (probability, index) => ({ index, probability }));
    return { target, top, overlay, width, height, crop, milliseconds: 1 };
  }

  get #best(): number {
    return (hash(this.#source) + this.#picture) % SPECIES.length;
  }

  /** Follows from network, picture and options alone, as the library's numbers do. */
  #explained(
    options: Extract<Call, { kind: "explain" }>["options"],
    side?: number,
    scores?: Float32Array,
  ): Explained {
    const { target: asked, filter = "c3", ...rest } = options;
    const best = this.#best;
    const target = asked ?? best;
    // Equal questions are one, in whatever order they were put together.
    const put = JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
    const seed = hash(`${this.#source} ${this.#picture} ${target} ${put} ${side ?? ""} ${scores ?? ""}`);
    const map = Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((seed + 31 * i) % 101) / 50 - 1);
    const pixels = () => new Uint8ClampedArray(4 * SIDE * SIDE);
    const probabilities = Float32Array.from(SPECIES, (_, i) => (i === best ? 0.7 : 0.1));
    return {
      target,
      probability: probabilities[target] ?? 0,
      logit: 1,
      margin: 1,
      logits: probabilities,
      probabilities,
      map,
      ...filtered(map, hash(JSON.stringify(filter)) / 1000),
      boundaries: ["fc", "layer4.0", "input"].map((name) => ({
        name,
        sum: 1,
        map: new Float32Array(1),
        width: 1,
        height: 1,
        colours: new Uint8ClampedArray(4),
      })),
      width: SIDE,
      height: SIDE,
      crop: { x: 0, y: 0, width: SIDE, height: SIDE },
      milliseconds: { forward: 1, backward: 1, filter: 1 },
      device: "cpu",
      scale: 1,
      diverging: pixels(),
      overlay: pixels().map((_, at) => (at % 4 === 3 && (map[at >> 2] ?? 0) > 0 ? 255 : 0)),
      legend: new Uint8ClampedArray(4 * 65),
      seen: pixels(),
      masses: [],
    };
  }
}

const filtered = (map: Float32Array, factor: number) => ({
  filtered: map.map((value) => Math.max(0, value * factor)),
  mask: Uint8Array.from(map, (value) => Number(value > 0)),
  fallback: false,
});

const plain = (text: string): Sentence => ({ code: "", params: {}, text });

const species = (name: string) => ({ name, deciding: ["beak" as const], nearest: [] });

const METHODS = (
  [
    "lrp-epsilon-gamma-box",
    "lrp-epsilon-plus",
    "c3-lrp",
    "grad-cam",
    "input-x-gradient",
    "rise",
    "abn",
  ] as const
).map((name) => ({
  name,
  meaning: `What ${name} does.`,
  source: "somebody",
  options:
    name === "rise"
      ? [{ name: "masks" as const, meaning: "How many.", choices: [], default: 8000, byStage: false }]
      : name === "grad-cam"
        ? []
        : [{ name: "epsilon" as const, meaning: "How much.", choices: [], default: 1, byStage: true }],
}));

const info = (called: string, device: string, light: boolean): Info => ({
  device: device === "webgpu" || (device === "auto" && FakeWorker.gpu && !light) ? "webgpu" : "cpu",
  adapter: "an adapter",
  reason: "It was chosen.",
  why: {
    code: device === "auto" && FakeWorker.gpu && light ? "reason-gpu-later" : "",
    params: {},
    text: "It was chosen.",
  },
  architecture: "ResNet-50",
  channels: 3,
  side: 224,
  facts: [],
  classes: SPECIES.length,
  output: "softmax",
  parameters: 1_490_000,
  depths: [3, 4, 6, 3],
  unused: [],
  attention: false,
  ...(called.includes("birds") ? { labels: SPECIES } : {}),
});

/** A number that follows from a text. */
export const hash = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 99_991, 7);

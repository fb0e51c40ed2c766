import type { MethodOptions, OnProgress } from "../c3lrp.js";
import type { Engine, On, Picture } from "./engine.js";
import type { Pool } from "./pool.js";
import type { Answer, Ask, Asked, Following } from "./protocol.js";

/** How many masks are enough to measure the rate. */
const SAMPLE = 16;
/** Milliseconds. The first run may compile shaders and is not counted, unless it takes longer than this. */
const SLOW = 10_000;
const MINUTE = 60_000;
const [FEWEST, MOST] = [100, 8000];

/** How many masks RISE can run in about a minute, from the milliseconds that `run` takes for a few. */
export async function masksInAMinute(run: (method: MethodOptions) => Promise<number>): Promise<number> {
  const method: MethodOptions = { name: "rise", masks: SAMPLE };
  const first = await run(method);
  const milliseconds = Math.max(first > SLOW ? first : await run(method), 1);
  const masks = Number(((MINUTE * SAMPLE) / milliseconds).toPrecision(2));
  return Math.min(MOST, Math.max(FEWEST, masks));
}

/**
 * How many masks a worker scores at a time: a multiple of the eight that run together on the CPU. The parts are the same
 * with any number of workers, and so is the map, to the bit.
 */
const PART = 48;

/** Explains a picture in a worker that is lent for it. RISE's masks are shared with workers that are idle. */
export async function explainShared(
  pool: Pool,
  engine: Engine,
  on: On,
  picture: Picture,
  ask: Ask<"explain">,
  following: Following,
): Promise<Answer<"explain">> {
  const { options, side } = ask;
  const masks = side === undefined ? await masksOf(options.method, engine) : undefined;
  if (masks === undefined) return await engine.about("explain", on, picture, ask, following);
  const start = performance.now();
  // By part, since one that breaks off may be done again by another worker.
  const scored: number[] = [];
  const score = async (worker: Engine, part: number, signal: AbortSignal): Promise<Float32Array> => {
    const first = part * PART;
    const onProgress: OnProgress = (count, _, step) => {
      if (step !== "masks" || signal.aborted) return;
      scored[part] = count;
      const all = scored.reduce((sum, count) => sum + count, 0);
      following.onProgress(all, masks, "masks");
    };
    const asked = { options, first, count: Math.min(PART, masks - first) };
    return (await worker.about("score", on, picture, asked, { signal, onProgress })).scores;
  };
  const parts = await pool.inParts(engine, Math.ceil(masks / PART), score, following.signal);
  const scores = Float32Array.from(parts.flatMap((part) => [...part]));
  const backward = performance.now() - start;
  const { explained, ...answer } = await engine.about("explain", on, picture, { ...ask, scores }, following);
  return { ...answer, explained: { ...explained, milliseconds: { ...explained.milliseconds, backward } } };
}

/** The number of masks that is asked for; undefined for other methods. */
async function masksOf(method: Asked["method"], engine: Engine): Promise<number | undefined> {
  const { name, masks } =
    typeof method === "object" && method.name === "rise" ? method : { name: method, masks: undefined };
  if (name !== "rise" || masks !== undefined) return masks;
  const { methods } = await engine.beside("catalogue", {});
  const option = methods.find(({ name }) => name === "rise")?.options.find(({ name }) => name === "masks");
  return Number(option?.default);
}

import type { MethodOptions, OnProgress } from "../c3lrp.js";
import type { Asked } from "./protocol.js";

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

/** The library reports a share of the backward step; this reports the number of finished masks. */
export function inMasks(method: Asked["method"], onProgress: OnProgress, what = "masks"): OnProgress {
  const masks = typeof method === "object" && method.name === "rise" ? method.masks : undefined;
  if (masks === undefined) return onProgress;
  return (done, total, step) => {
    if (step === "backward" || step === "masks") onProgress(Math.round((done - 1) * masks), masks, what);
    else onProgress(done, total, step);
  };
}

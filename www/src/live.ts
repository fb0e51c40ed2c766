import type { Glimpse } from "c3lrp/client";
import type { Feed } from "./feed";
import { wantsMasks } from "./methods";
import { PRESETS } from "./presets";
import type { Settings } from "./question";

/** The camera, from the click on its button until it is closed. */
export interface Live {
  /** Waiting for permission, explaining frames, or keeping one frame. */
  readonly stage: "asking" | "live" | "paused";
  readonly feed?: Feed | undefined;
  /** Counts the frames that were explained. */
  readonly frame: number;
  /** The answer about the last frame, and the network that gave it. */
  readonly glimpse?: (Glimpse & { readonly network: number }) | undefined;
  /** The total time of all frames but the first, in milliseconds. */
  readonly spent: number;
  /** Whether the smaller side is used. */
  readonly slow: boolean;
  /** When the last frames were explained, in milliseconds. */
  readonly times: readonly number[];
}

/** Milliseconds; a slower frame is too slow: this is twelve frames per second. */
const SLOW = 80;
/** The number of frames after which that is decided. */
const TRIED = 12;
/** The number of frames over which their rate is measured. */
const RATED = 20;

/** A camera without an explained frame. */
export const firstLive = (stage: Live["stage"], feed?: Feed): Live => ({
  ...{ stage, feed, frame: 0, spent: 0, slow: false, times: [] },
});

/** How frames are explained: like pictures, but never by a method that takes a minute. */
export const frameSettings = (settings: Settings): Settings => {
  const { target: _, against: __, ...others } = settings;
  const slow = wantsMasks(settings.method) || settings.method.name === "rise";
  return slow ? { ...others, ...PRESETS.measured } : others;
};

/** Frames explained per second; undefined before there are enough. */
export function rateOf({ times }: Pick<Live, "times">): number | undefined {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last <= first) return undefined;
  return (1000 * (times.length - 1)) / (last - first);
}

/** The camera with the answer about one more frame. */
export function seen(live: Live, glimpse: Glimpse, network: number, now: number): Live {
  const frame = live.frame + 1;
  // The first frame waits for the network to be prepared.
  const spent = live.spent + (frame > 1 ? glimpse.milliseconds : 0);
  const slow = live.slow || (frame === TRIED && spent / (frame - 1) > SLOW);
  const times = [...live.times, now].slice(-RATED - 1);
  return {
    ...live,
    frame,
    spent,
    slow,
    times: slow === live.slow ? times : [],
    glimpse: { ...glimpse, network },
  };
}

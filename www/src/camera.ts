import type { Glimpse } from "c3lrp/client";
import { type Feed, openFeed } from "./feed";
import { wantsMasks } from "./methods";
import { framePicture } from "./picture";
import { PRESETS } from "./presets";
import type { Settings } from "./question";
import type { State } from "./state";
import type { Store } from "./store";
import { withPicture } from "./wants";

/** The camera, from the click on its button until it is left. */
export interface Live {
  /** Whether the browser still asks, frame after frame is explained, or one is kept. */
  readonly stage: "asking" | "live" | "paused";
  readonly feed?: Feed | undefined;
  /** Counts the frames that were explained. */
  readonly frame: number;
  /** What was said of the last one, and by which network. */
  readonly glimpse?: (Glimpse & { readonly network: number }) | undefined;
  /** How long all but the first took together, in milliseconds. */
  readonly spent: number;
  /** Whether the smaller side is taken. */
  readonly slow: boolean;
  /** When the last frames were explained, in milliseconds. */
  readonly times: readonly number[];
}

/** A frame that takes longer is too slow, in milliseconds: that is twelve a second. */
const SLOW = 80;
/** After so many frames that is known. */
const TRIED = 12;
/** Over so many frames their rate is taken. */
const RATED = 20;

/** A camera of which nothing is explained yet. */
export const firstLive = (stage: Live["stage"], feed?: Feed): Live => ({
  ...{ stage, feed, frame: 0, spent: 0, slow: false, times: [] },
});

/** How frames are explained: as pictures are, by a method that takes no minute. */
export const frameSettings = ({ settings }: State): Settings => {
  const { target: _, against: __, ...others } = settings;
  const slow = wantsMasks(settings.method) || settings.method.name === "rise";
  return slow ? { ...others, ...PRESETS.measured } : others;
};

/** Frames explained a second; undefined before there are some. */
export function rateOf({ times }: Pick<Live, "times">): number | undefined {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last <= first) return undefined;
  return (1000 * (times.length - 1)) / (last - first);
}

/** The camera with what was said of one more frame. */
export function seen(live: Live, glimpse: Glimpse, network: number, now: number): Live {
  const frame = live.frame + 1;
  // The first one waits for the network to be made ready.
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

/** What a person can do with the camera. It is asked for by `start` alone, and is off as soon as the state has none. */
export class Camera {
  #feed: Feed | undefined;

  constructor(
    readonly store: Store,
    /** Does what may go wrong, and says so. */
    readonly attempt: (doing: () => Promise<void>) => void,
  ) {
    store.follow(({ camera }) => {
      if (this.#feed && camera?.feed !== this.#feed) {
        this.#feed.stop();
        this.#feed = undefined;
      }
    });
  }

  /** Asks for the camera, and explains what it sees. */
  start = (): void =>
    this.attempt(async () => {
      if (this.store.state.camera) return;
      const asking = firstLive("asking");
      this.store.update({ camera: asking, easel: undefined, notice: undefined });
      let feed: Feed | undefined;
      try {
        feed = await openFeed(() => {
          // What is stopped by the page itself doesn't say so.
          if (this.store.state.camera?.feed !== feed) return;
          this.leave();
          this.store.update({ notice: { kind: "error", say: ({ t }) => t.camera.errors.gone } });
        });
      } catch (error) {
        if (this.store.state.camera === asking) this.leave();
        throw error;
      }
      // Whoever has gone on to something else meanwhile has left it.
      if (this.store.state.camera !== asking) feed.stop();
      else {
        this.#feed = feed;
        this.store.update({ camera: firstLive("live", feed) });
      }
    });

  /** Keeps what the camera sees as a picture, which is explained as any other. */
  pause = (): void =>
    this.attempt(async () => {
      const { camera } = this.store.state;
      if (camera?.stage !== "live" || !camera.feed) return;
      const picture = framePicture(camera.feed.pixels());
      this.store.update({
        ...withPicture(this.store.state, picture),
        bird: undefined,
        // Who held something up to this network wants its answer.
        insisted: picture,
        camera: { ...camera, stage: "paused", times: [] },
      });
    });

  /** Goes on with the next frame. */
  goOn = (): void => {
    const { camera } = this.store.state;
    if (camera?.stage === "paused") this.store.update({ camera: { ...camera, stage: "live", times: [] } });
  };

  /** Turns the camera off. */
  leave = (): void => this.store.update({ camera: undefined });
}

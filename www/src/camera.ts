import type { Glimpse } from "c3lrp/client";
import { type Feed, openFeed } from "./feed";
import { wantsMasks } from "./methods";
import { framePicture } from "./picture";
import { PRESETS } from "./presets";
import type { Settings } from "./question";
import type { State } from "./state";
import type { Store } from "./store";
import { withPicture } from "./wants/picture";

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
export const frameSettings = ({ settings }: State): Settings => {
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

/** A person's actions on the camera. Only `start` asks for it, and it is off as soon as the state has none. */
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

  /** Turns the camera on, and explains its frames. */
  start = (): void =>
    this.attempt(async () => {
      if (this.store.state.camera) return;
      const asking = firstLive("asking");
      this.store.update({ camera: asking, easel: undefined, notice: undefined });
      let feed: Feed | undefined;
      try {
        feed = await openFeed(() => {
          // A camera that the page itself stopped needs no message.
          if (this.store.state.camera?.feed !== feed) return;
          this.leave();
          this.store.update({ notice: { kind: "error", say: ({ t }) => t.camera.errors.gone } });
        });
      } catch (error) {
        if (this.store.state.camera === asking) this.leave();
        throw error;
      }
      // The person may have gone on to something else meanwhile.
      if (this.store.state.camera !== asking) feed.stop();
      else {
        this.#feed = feed;
        this.store.update({ camera: firstLive("live", feed) });
      }
    });

  /** Keeps the current frame as a picture, which is explained like any other. */
  pause = (): void =>
    this.attempt(async () => {
      const { camera } = this.store.state;
      if (camera?.stage !== "live" || !camera.feed) return;
      const picture = framePicture(camera.feed.pixels());
      this.store.update({
        ...withPicture(this.store.state, picture),
        bird: undefined,
        // The answer should come from the network that saw the frames.
        insisted: picture,
        camera: { ...camera, stage: "paused", times: [] },
      });
    });

  /** Continues with the next frame. */
  goOn = (): void => {
    const { camera } = this.store.state;
    if (camera?.stage === "paused") this.store.update({ camera: { ...camera, stage: "live", times: [] } });
  };

  /** Turns the camera off. */
  leave = (): void => this.store.update({ camera: undefined });
}

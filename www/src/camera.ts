import { type Feed, openFeed } from "./feed";
import { firstLive } from "./live";
import { framePicture } from "./picture";
import { withPicture } from "./state";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** A person's actions on the camera. Only `start` asks for it, and it is off as soon as the state has none. */
export class Camera {
  #feed: Feed | undefined;

  constructor(
    readonly store: Store,
    readonly telling: Telling,
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
    this.telling.attempt(async () => {
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
    this.telling.attempt(async () => {
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

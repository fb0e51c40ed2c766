import { type Frame, type Pixels, readPixels } from "c3lrp/client";
import { UserError } from "./errors";

/** A camera that is on. */
export interface Feed {
  /** Shows what it sees. */
  readonly video: HTMLVideoElement;
  /** The next frame that was not given out yet. */
  frame(): Promise<Frame>;
  /** The current frame's pixels. */
  pixels(): Pixels;
  /** Turns it off: its light goes out. */
  stop(): void;
}

/** No network sees more, and small frames are fast to transfer. */
const WANTED: MediaTrackConstraints = {
  facingMode: "environment",
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
};
/** Milliseconds. Browsers report no frames while a page is hidden: after this time the current frame is used. */
const PATIENCE = 250;

/** Asks for the camera, for which the browser asks permission; `ended` is called if it is taken away. */
export async function openFeed(ended: () => void): Promise<Feed> {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices?.getUserMedia) throw new UserError(({ t }) => t.camera.errors.unknown);
  const stream = await devices.getUserMedia({ video: WANTED, audio: false }).catch((error: unknown) => {
    throw refused(error);
  });
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  for (const track of stream.getTracks()) track.addEventListener("ended", ended);
  try {
    await video.play();
  } catch (error) {
    stop();
    throw refused(error);
  }

  let fresh = true;
  let tell: (() => void) | undefined;
  const follow = (): void => {
    video.requestVideoFrameCallback?.(() => {
      fresh = true;
      tell?.();
      if (video.srcObject) follow();
    });
  };
  follow();
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      const late = setTimeout(resolve, PATIENCE);
      tell = () => {
        clearTimeout(late);
        resolve();
      };
    });

  return {
    video,
    stop,
    frame: async () => {
      if (!fresh) await next();
      fresh = false;
      return "VideoFrame" in globalThis ? new VideoFrame(video) : await createImageBitmap(video);
    },
    pixels: () => readPixels(video, { width: video.videoWidth, height: video.videoHeight }),
  };
}

/** The message for a missing camera. */
function refused(error: unknown): UserError {
  const name = error instanceof DOMException ? error.name : "";
  return new UserError(
    ({
      t: {
        camera: { errors: t },
      },
    }) => {
      if (["NotAllowedError", "SecurityError"].includes(name)) return t.refused;
      if (["NotFoundError", "OverconstrainedError"].includes(name)) return t.none;
      if (["NotReadableError", "AbortError"].includes(name)) return t.busy;
      return t.unknown;
    },
  );
}

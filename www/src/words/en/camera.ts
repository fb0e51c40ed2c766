import type { Formats } from "../formats";

/** The camera, frame after frame. */
export const camera = (f: Formats) => ({
  open: "Camera",
  title: "Live from the camera",
  asking: "Your browser asks whether this page may use the camera…",
  waits: "Waiting for the network…",
  sees: ({ name, share }: { name: string; share: number }): string =>
    `It sees: ${name} (${f.percent(share)})`,
  video: "What the camera sees, with what counts most over it",
  rate: ({ rate, side }: { rate: number; side: number }): string =>
    `${rate < 9.95 ? f.tenths(rate / 100).replace(/\s*%/, "") : f.count(rate)} frames a second, each looked at with ${side} × ${side} pixels.`,
  birds: "This network only knows the birds drawn here: hold one up to the camera, on a phone for instance.",
  stays: "Frames stay on this device.",
  top: "Best guesses",
  pause: "Keep this frame",
  paused: "The camera is paused.",
  on: "Go on",
  leave: "Turn the camera off",
  errors: {
    refused:
      "The browser did not let this page use the camera. Allow it in the browser's settings for this page, and try again.",
    none: "No camera was found. Connect one and try again, or drop a picture.",
    busy: "The camera could not be started. Another program may be using it: close that, and try again.",
    gone: "The camera was taken away or turned off. Choose it again when it is back.",
    unknown: "This browser gives no camera to this page. Open the page by https, or drop a picture.",
  },
});

import { expect, test } from "vitest";
import { sizeFor } from "../../pkg/src/frame";
import { firstLive, rateOf, seen } from "../src/live";
import { type Model, soonerSide } from "../src/network";

const glimpse = {
  target: 0,
  top: [],
  overlay: new Uint8ClampedArray(4),
  width: 1,
  height: 1,
  crop: { x: 0, y: 0, width: 1, height: 1 },
  milliseconds: 5,
};

test("the rate is that of the last twenty frames, and unknown before there are two", () => {
  let live = firstLive("live");
  live = seen(live, glimpse, 1, 0);
  expect(rateOf(live)).toBeUndefined();
  // The first ones take a second each, the later ones 50 ms.
  for (let at = 1; at <= 5; at++) live = seen(live, glimpse, 1, 1000 * at);
  expect(rateOf(live)).toBe(1);
  for (let at = 1; at <= 40; at++) live = seen(live, glimpse, 1, 5000 + 50 * at);
  expect(rateOf(live)).toBe(20);
  expect(live.frame).toBe(46);
  expect(live.times.length, "memory does not grow").toBe(21);
});

test("a frame is given to the network a little larger than its square, and never enlarged", () => {
  expect(sizeFor({ width: 640, height: 480 }, 160)).toEqual({ width: 245, height: 184 });
  expect(sizeFor({ width: 480, height: 640 }, 160)).toEqual({ width: 184, height: 245 });
  expect(sizeFor({ width: 120, height: 90 }, 160)).toEqual({ width: 120, height: 90 });
});

test("where frames take more than a twelfth of a second they are looked at smaller", () => {
  const model = {
    info: { device: "cpu", side: 224, architecture: "ResNet-50", parameters: 1.6e6 },
  } as unknown as Model;
  const after = (milliseconds: number, frames: number) => {
    let live = firstLive("live");
    // The first one makes the network ready.
    for (let at = 0; at < frames; at++)
      live = seen(live, { ...glimpse, milliseconds: at === 0 ? 5000 : milliseconds }, 1, at);
    return live;
  };
  expect(soonerSide(model, after(79, 40).slow)).toBe(160);
  expect(soonerSide(model, after(90, 11).slow)).toBe(160);
  expect(soonerSide(model, after(90, 12).slow)).toBe(128);
  const of = (change: object) => soonerSide({ info: { ...model.info, ...change } } as Model, false);
  expect(of({ device: "webgpu" }), "a GPU takes the network's own").toBeUndefined();
  expect(of({ architecture: "VGG-16" })).toBeUndefined();
  expect(of({ side: 160 })).toBeUndefined();
  expect(of({ parameters: 25.6e6 }), "it would be held twice").toBeUndefined();
});

import { beforeEach, expect, test, vi } from "vitest";
import { FILLED, lens } from "../src/closer";
import type { Controller } from "../src/controller";
import { isBusy, isLive, isOld, loading, questionOf, showsFirstLook, visiblePartOf } from "../src/current";
import { bare, type Easel, easelPicture, isOf } from "../src/easel";
import { type Link, readLink, writeLink } from "../src/link";
import { keptBack, viewOf } from "../src/linked";
import { birds, taggedBirds } from "../src/models";
import { rows } from "../src/overview";
import { PRESETS } from "../src/presets";
import { questionKey } from "../src/question";
import type { Source } from "../src/source";
import type { State } from "../src/state";
import { open, type Page, prepare, rest } from "./page";
import { FakeWorker, hash, SPECIES } from "./worker";

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** How many sequences are tried; a failure names its seed. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 100);
const FIRST = Number(process.env.SEED ?? 1);

vi.mock("../src/picture", async (original) => {
  const real = await original<typeof import("../src/picture")>();
  const side = 2;
  return {
    ...real,
    // A file's name stands for its pixels, and for how long it takes to be read.
    decodePicture: async (_file: Blob, name: string) => {
      await new Promise((resolve) => setTimeout(resolve, hash(name) % 30));
      if (name.includes("broken")) throw new Error(`${name} is broken`);
      const { bird: _, ...picture } = real.birdPicture({
        species: "",
        seed: 0,
        side,
        rgba: new Uint8ClampedArray(4 * side * side).fill(hash(name) % 256),
        whole: new Uint8Array(),
        deciding: new Uint8Array(),
        objects: [],
        parts: {},
      });
      return { ...picture, name };
    },
  };
});

/** Cameras that are on. */
const on = new Set<object>();

vi.mock("../src/feed", () => ({
  openFeed: async (ended: () => void) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    const feed = {
      video: {},
      frame: async () => ({ width: 4, height: 4, close: () => {} }),
      pixels: () => ({ width: 2, height: 2, rgba: new Uint8ClampedArray(16).fill(99) }),
      stop: () => on.delete(feed),
    };
    on.add(feed);
    setTimeout(ended, 200);
    return feed;
  },
}));

beforeEach(() => prepare());

/** Numbers that follow from a seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const own = (name: string): Source => ({
  name: () => name,
  called: name,
  weights: [new Blob([name])],
  configs: [],
  reading: {},
});

/** Links of others, some to what isn't here. */
const LINKS: readonly Link[] = [
  "species=Crow&seed=3&network=birds-resnet50&target=1&method=grad-cam&filter=none",
  "species=Tit&seed=4&without=head&parting=yes&target=2&against=1&layer=layer4.0&compare=c3-lrp,grad-cam",
  "species=Wren&seed=5&network=birds-resnet50-spurious&tag=other&judge=paper&ties=together",
  "sample=cat.jpg&network=birds-resnet50&anyway=yes&method=c3-lrp",
  "photo=own&network=own&target=2&layer=layer4.0",
  "species=Dodo&seed=6&target=999&layer=nowhere&network=repository:some/body",
].flatMap((text) => readLink(`v=1&${text}`) ?? []);

/** Everything that a person can do that changes what is asked or shown. */
function act(controller: Controller, any: (below: number) => number): void {
  const one = <T>(of: readonly [T, ...T[]]): T => of[any(of.length)] ?? of[0];
  const acts: (() => void)[] = [
    () => controller.asking.explainClass(any(SPECIES.length)),
    () => controller.asking.holdAgainst(one([undefined, "rest", 0, 1, 2])),
    () => controller.asking.set({ filter: one(["c3", "c1c", "none"]) }),
    () =>
      controller.asking.set({ method: { name: one(["c3-lrp", "grad-cam", PRESETS.measured.method.name]) } }),
    () => controller.asking.set({ method: { name: "c3-lrp", epsilon: -1 } }),
    () => controller.asking.set({ method: { name: "rise", ...one([{}, { masks: 50 }]) } }),
    () => controller.showing.drawBird(one([undefined, "Crow", "Tit"])),
    () => controller.showing.wearTag(one(["own", "none", "other"])),
    () => controller.choosing.use(one([birds, taggedBirds])),
    () =>
      controller.answerNotice({ kind: "use", source: own(one(["a.safetensors", "birds.pth", "bad.pth"])) }),
    () => controller.taking.files([new File([PNG], one(["cat.png", "dog.png", "broken.png"]))]),
    () => controller.taking.files([new File([SPECIES.join("\n")], "names.txt")]),
    () => controller.choosing.onDevice(one(["auto", "webgpu", "cpu"])),
    () => controller.showing.insist(any(2) === 0),
    () => controller.choosing.readOtherwise(one([{}, { side: 64 }]), one([undefined, "squash"])),
    () => controller.cancel(),
    () => controller.retry(),
    () => controller.comparing.open(any(2) === 0),
    () => controller.comparing.pick(one(["grad-cam", "rise", "c3-lrp"]), any(2) === 0),
    () => controller.comparing.rise(one([undefined, 70])),
    () => controller.comparing.cancel(),
    () => controller.comparing.resume(),
    () => controller.judging.open(any(2) === 0),
    () => controller.judging.set({ ties: one(["stable", "together"]) }),
    () => controller.judging.compareWithBaselines(any(2) === 0),
    () => controller.judging.cancel(),
    () => controller.judging.resume(),
    () => controller.showing.openParting(any(3) > 0),
    () => controller.showing.takeAway(one([undefined, "head", "wing"]), any(3) > 0),
    () => controller.looking.showLayer(one(["layer4.0", "input"])),
    () => controller.looking.showChannel(one([undefined, 3])),
    () => controller.looking.switchChannel(one([undefined, 3, 5]), any(3) > 0),
    () => controller.looking.showBox(any(2) === 0),
    () => controller.looking.play(),
    () => controller.taking.files(["cat.png", "dog.png", "broken.png"].map((name) => new File([PNG], name))),
    () => controller.batch.run(any(3) > 0),
    () => {
      const [item] = controller.store.state.batch?.items ?? [];
      if (item) controller.batch.show(item);
    },
    () => (any(3) === 0 ? controller.batch.close() : undefined),
    () => controller.camera.start(),
    () => controller.camera.pause(),
    () => controller.camera.goOn(),
    () => controller.camera.leave(),
    () => controller.painting.open(),
    () => (any(3) === 0 ? controller.painting.close() : controller.painting.open()),
    () => controller.painting.begin({ x: any(5) / 4, y: any(5) / 4 }),
    () => controller.painting.to([{ x: any(5) / 4, y: any(5) / 4 }]),
    () => controller.painting.end(),
    () => controller.painting.fill(one(["mean", "blur", "other"])),
    () => controller.painting.resize(one([-3, 3])),
    () => one([controller.painting.undo, controller.painting.redo, controller.painting.clear])(),
    () => controller.painting.cover(),
    () => controller.painting.showUntouched(any(2) === 0),
    () => controller.save(one(["arrays", "record", "comparison"])),
    () => controller.looking.zoom(one([2, 0.5, 100, 0.001]), undefined, { x: any(5) / 4, y: any(5) / 4 }),
    () => controller.looking.pan(any(9) - 4, any(9) - 4, { x: 0.25, y: 0, width: 0.5, height: 1 }),
    () => controller.looking.follow({ x: any(5) / 4, y: any(5) / 4 }),
    () => controller.looking.whole(),
    () => controller.looking.wipe(one([undefined, 0.3])),
    () => controller.looking.colour(one(["red-blue", "orange-purple", "lightness"])),
    () => controller.comparing.share(any(2) === 0),
    () => controller.linking.visit(LINKS[any(LINKS.length)] ?? { view: {}, left: [] }),
    () => controller.linking.visit({ view: viewOf(controller.store.state), left: [] }),
    () => controller.telling.dismiss(),
  ];
  acts[any(acts.length)]?.();
}

/** Calls take as long as they like, and one in twelve fails in one way or another. */
function unruly(any: (below: number) => number): void {
  FakeWorker.manner = {
    turns: () => any(9),
    fails: (call) => {
      if (call.kind === "create" && call.source.called.startsWith("bad")) return "WeightsError";
      if (call.kind === "create" && call.device === "webgpu" && any(2) === 0) return "DeviceError";
      if (call.kind === "explain" && JSON.stringify(call.options).includes('"epsilon":-1'))
        return "OptionsError";
      if (any(12) > 0) return undefined;
      return ["crash", "DeviceLost", "DeviceWrong", "EngineError", "NotStarted", "PictureError"][any(6)];
    },
  };
}

/** What must be so at every moment. */
function consistent(state: State, cores: number): void {
  const { answer, running, easel, picture } = state;
  const question = questionOf(state);
  if (easel && picture) {
    // What stands on the easel is what is asked about, and the picture itself is as it was.
    expect(isOf(easel, picture) || picture === easel.original).toBe(true);
    expect(undoneAll(easel)).toBe(easel.untouched);
  }
  if (answer && !isOld(state)) {
    // What is shown as current answers what is asked: this picture, this network, this class.
    expect(answer.named.picture).toBe(state.picture);
    expect(answer.named.network).toBe(state.model?.id);
    expect(answer.explained.target).toBe(question?.target ?? answer.explained.target);
    expect(question && [questionKey(answer.question), questionKey(answer.named)]).toContain(
      question && questionKey(question),
    );
  }
  // A first look is what a painted picture gets while the brush is down, and no answer that stays.
  if (showsFirstLook(state)) expect(easel?.at !== undefined || isOld(state)).toBe(true);
  // A camera shows itself, and nothing is asked about a picture behind it.
  if (isLive(state)) expect(question).toBeUndefined();
  // What is looked at lies within the figure, and another picture is seen whole.
  const { zoom, left, top } = lens(visiblePartOf(state), FILLED);
  expect(zoom).toBeGreaterThanOrEqual(1);
  for (const at of [left, top]) expect(at <= 0 && at >= 1 - zoom).toBe(true);
  if (state.closer?.of !== ((easel?.original ?? picture)?.id ?? 0)) expect(zoom).toBe(1);
  // One thing at a time runs through the network of each worker, and there are no more of them than cores.
  expect(Math.max(0, ...FakeWorker.open)).toBeLessThanOrEqual(1);
  expect(FakeWorker.atOnce).toBeLessThanOrEqual(cores);
  for (const { done, total } of running.values()) expect(done).toBeLessThanOrEqual(Math.max(total, done));
}

/** What is left when all paint is taken away. */
const undoneAll = (easel: Easel) => easelPicture(bare(easel));

/** All that the page shows of an answer. */
const visible = ({ answer, settings, comparison, outcomes }: State): unknown =>
  answer && {
    picture: answer.named.picture.name,
    target: answer.explained.target,
    probability: answer.explained.probability,
    map: hash(answer.explained.map.join()),
    filtered: hash(answer.explained.filtered.join()),
    settings,
    open: comparison.open,
    done: outcomes.size > 0,
  };

/** A page that was opened by nothing but a link to this one. */
async function linked({ store }: Page): Promise<State> {
  const link = readLink(writeLink(viewOf(store.state)));
  expect(link).toEqual({ view: viewOf(store.state), left: [] });
  return await rest(open({ bird: undefined, entries: [birds, taggedBirds] }, link));
}

/** A fresh page that is asked the same. */
async function fresh({ store }: Page): Promise<State> {
  const { network, picture, bird, settings, device, tag, insisted, species, named, waiting, imagenet } =
    store.state;
  const page = open({
    network,
    device,
    bird,
    tag,
    named,
    waiting,
    imagenet,
    species,
    // What is painted is a picture of its own.
    ...(bird && picture?.painted === undefined ? {} : { picture, insisted }),
  });
  await rest(page);
  // What is set for a network is set once it is there.
  page.store.update({ settings });
  return await rest(page);
}

test(`${SEQUENCES} random sequences leave no contradiction`, { timeout: 600_000 }, async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  let links = 0;
  for (let seed = FIRST; seed < FIRST + SEQUENCES; seed++) {
    const any = numbers(seed);
    const cores = 1 + (seed % 3);
    prepare(cores);
    unruly(any);
    vi.spyOn(Math, "random").mockImplementation(() => any(1000) / 1000);
    const page = open();
    const look = (state: State): void => consistent(state, cores);
    page.store.follow(look);
    try {
      for (let step = 5 + any(25); step > 0; step--) {
        act(page.controller, any);
        look(page.store.state);
        await vi.advanceTimersByTimeAsync(any(3) === 0 ? any(60) : any(6));
        look(page.store.state);
      }
      FakeWorker.manner = {
        turns: () => any(4),
        fails: (call) =>
          call.kind === "create" && call.source.called.startsWith("bad") ? "WeightsError" : undefined,
      };
      await rest(page);
      page.controller.painting.end();
      page.controller.camera.leave();
      page.controller.batch.run(true);
      // What failed is asked again, as a person would.
      page.controller.retry();
      const state = await rest(page);
      look(state);
      expect(isBusy(state)).toBe(false);
      // All of a batch is explained, or it says why not; what was found is of what is asked.
      for (const { item, result } of rows(state)) {
        expect(result?.kind, item.file.name).toBe(
          !state.model || item.file.name.includes("broken") ? (state.model ? "failed" : undefined) : "done",
        );
      }
      expect(on.size, "the camera's light is out").toBe(0);
      expect(loading(state)).toBe(false);
      const asks = questionOf(state);
      const plain = Object.keys(state.named).length === 0 && !state.waiting && state.device === "auto";
      if (asks && state.bird && plain && keptBack(state).length === 0) {
        links++;
        expect(visible(await linked(page))).toEqual(visible(state));
      }
      if (asks) {
        expect(state.answer).toBeDefined();
        expect(isOld(state)).toBe(false);
        expect(visible(state)).toEqual({
          ...(visible(await fresh(page)) as object),
          open: state.comparison.open,
        });
      }
    } catch (error) {
      throw new Error(`SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  if (SEQUENCES >= 100) expect(links).toBeGreaterThan(10);
});

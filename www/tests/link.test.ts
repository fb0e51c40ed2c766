import { beforeEach, expect, test } from "vitest";
import { ORDER } from "../src/bird";
import { type Link, readLink, type View, writeLink } from "../src/link";
import { keptBack, viewOf } from "../src/linked";
import { METHODS } from "../src/methods";
import { birds, taggedBirds } from "../src/models";
import { FILTERS } from "../src/question";
import { samples } from "../src/samples";
import { titleOf } from "../src/title";
import { open, prepare, rest } from "./page";
import { SPECIES } from "./worker";

beforeEach(() => prepare());

/** Numbers below a bound that follow from a seed (a linear congruence). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A view with any of its properties, each with any value that it can have. */
function anyView(any: (below: number) => number): View {
  const one = <T>(of: readonly [T, ...T[]] | readonly T[]): T => of[any(of.length)] as T;
  const some = <T>(of: readonly T[]): readonly T[] => of.filter(() => any(2) === 0);
  const maybe = <K extends keyof View>(name: K, value: () => View[K]): View =>
    any(2) === 0 ? { [name]: value() } : {};
  const picture: View = one([
    {
      species: one(["Masked Sunwren", "Tit", "Größter Häher", "О’Тит-тит"]),
      seed: one([0, 63, 2 ** 53 - 1]),
      ...maybe("without", () => some(ORDER)),
    },
    { sample: one(samples).file },
    { photo: "own" },
  ]);
  return {
    ...picture,
    ...maybe("tag", () => one(["own", "none", "other"])),
    network: one([
      birds.id,
      taggedBirds.id,
      "own",
      "repository:timm/a.b-c_d",
      "linked:https://a.test/w?x=1&y=#%41+z",
    ]),
    ...maybe("anyway", () => true),
    ...maybe("target", () => any(1000)),
    ...maybe("against", () => one(["rest", any(1000)] as const)),
    method: {
      name: one(METHODS),
      ...one([{}, { epsilon: 1e-9 }, { epsilon: 0.25, stabilizer: "signed", linearBias: false }] as const),
    },
    filter: one(FILTERS),
    ...maybe("fit", () => one(["crop", "squash", "whole"])),
    ...maybe("layer", () => one(["layer4.0", "fc", "features.12"])),
    ...maybe("channel", () => any(2048)),
    ...maybe("off", () => some([3, 5, 2047])),
    ...maybe("opacity", () => any(101)),
    ...maybe("outlines", () => true),
    ...maybe("parting", () => true),
    ...maybe("compare", () => some(METHODS)),
    ...maybe("shows", () => one(["relevance", "overlay"])),
    ...maybe("common", () => true),
    ...maybe("masks", () => any(8000)),
    ...maybe("judge", () => one(["paper", "rise", "patch"])),
    ...maybe("ties", () => one(["stable", "together"])),
    ...maybe("baselines", () => true),
    ...maybe("chosen", () => "c3-lrp/default"),
    ...maybe("point", () => any(50)),
  };
}

test("a view that goes into a link comes out of it", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const view = anyView(numbers(seed));
    const fragment = writeLink(view);
    expect(readLink(`#${fragment}`), fragment).toEqual({ view, left: [] });
    // An address takes it as it is.
    expect(new URL(`http://page.test/#${fragment}`).hash).toBe(`#${fragment}`);
  }
});

test("what a link says that the page doesn't know is left out by name, and never thrown", () => {
  const said = (fragment: string): Link | undefined => readLink(fragment);
  expect(said("")).toBeUndefined();
  expect(said("#main")).toBeUndefined();
  expect(said("#v=1&seed=7&species=Tit")).toEqual({ view: { species: "Tit", seed: 7 }, left: [] });
  expect(said("v=1&seed=-7&species=Tit")).toEqual({ view: {}, left: ["seed"] });
  expect(said("v=1&filter=c4&method=lrp-zeta&target=1e3&__proto__=1&constructor=2")).toEqual({
    view: {},
    left: ["filter", "method", "target", "__proto__", "constructor"],
  });
  expect(said("v=2&sample=../../secret.jpg&fit=%E0%A4%A")).toEqual({
    view: {},
    left: ["v", "sample", "fit"],
  });
  expect(said("v=1&method=c3-lrp,name:rise,constructor:1")?.view.method).toEqual({
    name: "c3-lrp",
    constructor: 1,
  });
  // The page has no field for a value of each stage.
  expect(said("v=1&method=lrp-alpha2-beta1,alpha:1,1.5,2")).toEqual({ view: {}, left: ["method"] });
  expect(said("v=1&compare=rise,rise")).toEqual({ view: {}, left: ["compare"] });
  expect(said(`v=1&network=${"a".repeat(5000)}`)).toEqual({ view: {}, left: ["…", "network"] });
  // Anything at all.
  const any = numbers(9);
  for (let round = 0; round < 2000; round++) {
    const signs = Array.from({ length: any(80) }, () =>
      String.fromCharCode(any(2) ? 32 + any(95) : any(65536)),
    );
    expect(() => said(`v=1&${signs.join("")}`)).not.toThrow();
  }
  // Any value of any property: it is either read as what it writes, or left out.
  for (let seed = 1; seed <= 300; seed++) {
    const fragment = writeLink(anyView(numbers(seed)));
    const at = any(fragment.length);
    const spoiled = fragment.slice(0, at) + String.fromCharCode(33 + any(90)) + fragment.slice(at + 1);
    const link = said(spoiled);
    if (link) expect(readLink(writeLink(link.view))).toEqual({ view: link.view, left: [] });
  }
});

test("a link leads to the same question, and a hostile one to a page that works", async () => {
  const page = open();
  await rest(page);
  page.controller.showing.drawBird("Crow");
  await rest(page);
  page.controller.asking.explainClass(2);
  page.controller.asking.holdAgainst(1);
  page.controller.asking.set({ method: { name: "c3-lrp" }, filter: "c1c" });
  page.controller.comparing.open(true);
  const state = await rest(page);
  const view = viewOf(state);
  expect(view).toMatchObject({ species: "Crow", target: 2, against: 1, network: birds.id });
  const link = readLink(writeLink(view));
  expect(link).toBeDefined();

  prepare();
  const other = open({ bird: undefined }, link);
  const shown = await rest(other);
  expect(shown.notice).toBeUndefined();
  expect(viewOf(shown)).toEqual(view);
  expect(shown.answer?.explained.map).toEqual(state.answer?.explained.map);
  expect(titleOf(shown)).toBe(titleOf(state));

  prepare();
  const hostile = "v=1&species=Dodo&seed=5&target=999&against=3&method=c3-lrp,zeta:1&layer=layer9.9&bomb=1";
  const tried = open({ bird: undefined }, readLink(hostile));
  const after = await rest(tried);
  expect(after.answer?.explained).toBeDefined();
  expect(after.bird).toEqual({ species: SPECIES[0], seed: 5 });
  expect(after.settings).toEqual({ method: { name: "c3-lrp" }, filter: "c3" });
  expect(after.layer).toBe("input");
  expect(after.notice?.say(after.words)).toMatch(/^This page cannot show all that the link says/);
});

test("Back leads to the view before, and a picture of one's own is remembered by the page alone", async () => {
  const page = open();
  const first = await rest(page);
  const before = viewOf(first);
  page.controller.asking.explainClass(1);
  page.controller.asking.set({ method: { name: "grad-cam" } });
  await rest(page);
  page.controller.showing.drawBird("Finch");
  await rest(page);
  page.controller.linking.visit({ view: before, left: [] });
  const back = await rest(page);
  expect(viewOf(back)).toEqual(before);
  expect(back.answer?.explained.map).toEqual(first.answer?.explained.map);

  const { rgba } = first.picture ?? { rgba: new Uint8ClampedArray(4) };
  const own = { id: 99, name: "mine.png", width: 1, height: 1, rgba };
  page.controller.showing.insist(true);
  page.controller.linking.visit(
    { view: { ...before, species: undefined, seed: undefined, photo: "own" }, left: [] },
    { picture: own },
  );
  const mine = await rest(page);
  expect(mine.picture).toBe(own);
  expect(keptBack(mine)).toEqual(["photo"]);
  expect(writeLink(viewOf(mine))).toContain("photo=own");
  expect(writeLink(viewOf(mine))).not.toContain("mine");

  // Opened elsewhere, the page shows its first bird, and says what to do.
  prepare();
  const elsewhere = open({}, readLink("v=1&photo=own&network=birds-resnet50&target=2&method=grad-cam"));
  const there = await rest(elsewhere);
  expect(there.settings.method.name).toBe("grad-cam");
  expect(there.settings.target).toBeUndefined();
  expect(there.notice?.say(there.words)).toContain("Drop that picture here");
});

test("a network that isn't here is offered, and fetched by nobody", async () => {
  const asked: string[] = [];
  const page = open(
    { bird: undefined },
    readLink("v=1&species=Tit&seed=1&network=repository:someone/net&target=1"),
  );
  await rest(page).catch(() => {});
  const { notice, network, awaited } = page.store.state;
  expect(asked).toEqual([]);
  expect({ network, awaited }).toEqual({ network: undefined, awaited: undefined });
  expect(notice?.say(page.store.state.words)).toContain("someone/net");
  expect(notice?.choices).toHaveLength(1);
  // Another one may be taken all the same: the class was of the one that the link is about.
  page.controller.choosing.use(birds);
  const state = await rest(page);
  expect(state.answer).toBeDefined();
  expect(state.settings.target).toBeUndefined();
});

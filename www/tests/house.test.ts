import { expect, test } from "vitest";
import { circle, type Need, readHouse, upward } from "./house";

/** The page's modules, from the ground up: each may need those before it alone. A folder is one module. */
const PAGE: readonly (readonly string[])[] = [
  // Of use to everybody.
  [
    "lists",
    "policy",
    "workers",
    "facts",
    "classes",
    "baselines",
    "work",
    "offline",
    "shared",
    "unopened",
    "imagenet",
  ],
  // Pictures and their colours.
  ["samples", "picture", "bird", "drawing", "ink", "easel", "closer", "colours", "parts", "atlas"],
  // What is said, in each language.
  ["words", "errors", "labels", "layers", "methods"],
  // What is asked, and what answers.
  ["question", "presets", "answer", "comparison", "judgement"],
  // Networks, and where they come from.
  [
    "light",
    "light-relaxed",
    "lightest",
    "early",
    "browser",
    "hub",
    "models",
    "kept",
    "source",
    "network",
    "given",
  ],
  // All that the page knows.
  ["feed", "live", "batch", "link", "notices", "state", "store"],
  // What follows from it.
  ["current", "title", "linked", "arriving", "compared", "concepts", "contrast", "parting", "overview"],
  // What the engine is to do for it.
  ["saving", "desk", "wants"],
  // What a person does, by its subject, and all of it.
  ["telling", "asking", "playing", "looking", "painting", "camera", "comparing", "judging", "showing"],
  ["downloads", "choosing", "batching", "taking", "linking", "address", "controller"],
  // What a person sees.
  ["view"],
  // Where it all begins.
  ["main", "first", "service-worker"],
];

/** The package's, likewise. */
const PACKAGE: readonly (readonly string[])[] = [
  // Of use to everybody.
  ["dom", "errors", "progress", "stop"],
  // Pictures and files.
  ["header", "picture", "source", "shelf", "downloads", "kernels"],
  // What is said to the worker, and the worker.
  ["protocol", "frame", "engine", "pool", "rise", "held", "answers", "worker", "thread", "thread-node"],
  // A loaded network and its explanations.
  ["queue", "session", "overlay", "explanation", "explainer", "loading"],
  // The ways in.
  ["client", "load", "birding", "birds", "node", "birds-node", "inline", "shared"],
  // The element.
  ["element-style", "element-words", "element-view", "element"],
];

const house = readHouse();

test("the modules of page and package form no circle, not by types either", () => {
  expect(circle(house.needs)?.map(({ place }) => place)).toBeUndefined();
});

test("no module needs what stands above it", () => {
  expect(upward("www/src/", PAGE.flat(), house)).toEqual([]);
  expect(upward("pkg/src/", PACKAGE.flat(), house)).toEqual([]);
  const toPage = house.needs.filter(({ from, to }) => from.startsWith("pkg/") && to.startsWith("www/"));
  expect(toPage).toEqual([]);
});

test("all kinds of imports are read", () => {
  const said = (from: string, to: string) =>
    house.needs.some((need) => need.from === `www/src/${from}` && need.to === to);
  // By value, by type, while the page runs, of the package by its name, and of its worker with a query.
  expect(said("store.ts", "www/src/state.ts")).toBe(true);
  expect(said("main.tsx", "www/src/view/page.tsx")).toBe(true);
  expect(said("first.ts", "www/src/main.tsx")).toBe(true);
  expect(said("answer.ts", "pkg/src/client.ts")).toBe(true);
  expect(said("bird.ts", "pkg/src/load.ts")).toBe(true);
  expect(said("light.ts", "pkg/src/worker.ts")).toBe(true);
  // By an export.
  expect(house.needs).toContainEqual({
    from: "pkg/src/load.ts",
    to: "pkg/src/overlay.ts",
    place: expect.stringMatching(/^pkg\/src\/load\.ts:\d+ "\.\/overlay\.js"$/),
  });
});

test("circles, and needs of what stands above, are found", () => {
  const need = (from: string, to: string): Need => ({ from, to, place: `${from} ${to}` });
  const needs = [need("a/b.ts", "a/c.ts"), need("a/c.ts", "a/d/e.ts"), need("a/d/f.ts", "a/b.ts")];
  expect(circle(needs)).toBeUndefined();
  const round = [...needs, need("a/d/e.ts", "a/d/f.ts"), need("a/d/e.ts", "a/c.ts")];
  expect(circle(round)?.map(({ place }) => place)).toEqual([
    "a/b.ts a/c.ts",
    "a/c.ts a/d/e.ts",
    "a/d/e.ts a/d/f.ts",
    "a/d/f.ts a/b.ts",
  ]);
  const files = ["a/b.ts", "a/c.ts", "a/d/e.ts", "a/d/f.ts", "g/h.ts"];
  expect(upward("a/", ["d", "c", "b"], { files, needs })).toEqual(["a/d/f.ts a/b.ts"]);
  const said = upward("a/", ["d", "c", "i"], { files, needs });
  expect(said).toEqual(["a/b.ts has no place", "a/i is not there", "a/b.ts a/c.ts"]);
});

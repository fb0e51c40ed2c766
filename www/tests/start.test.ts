import { beforeEach, expect, test } from "vitest";
import { isOld } from "../src/current";
import { open, prepare, rest } from "./page";
import { FakeWorker } from "./worker";

beforeEach(() => prepare());

const kinds = () => FakeWorker.all.map(({ light }) => (light ? "light" : "full"));
const creates = () => FakeWorker.calls.filter(({ kind }) => kind === "create").length;

test("without a GPU the light worker is the only one", async () => {
  const page = open();
  expect((await rest(page)).answer).toBeDefined();
  expect(kinds()).toEqual(["light"]);
});

test("with a GPU the light worker answers first, and the full one explains anew", async () => {
  FakeWorker.gpu = true;
  const page = open();
  const seen: string[] = [];
  page.store.follow(({ model, answer }) => {
    const now = `${model?.info.device} ${answer !== undefined}`;
    if (seen.at(-1) !== now) seen.push(now);
  });
  const state = await rest(page);
  expect(seen).toEqual(["undefined false", "cpu false", "cpu true", "webgpu true"]);
  expect(kinds()).toEqual(["light", "full"]);
  expect(FakeWorker.alive).toBe(1);
  expect([state.device, state.loadedBy, isOld(state)]).toEqual(["auto", "auto", false]);
  expect(FakeWorker.calls.filter(({ kind }) => kind === "explain").length).toBe(2);
});

test("what is asked while the full worker comes is answered by the light one, and stays asked", async () => {
  FakeWorker.gpu = true;
  FakeWorker.manner = { turns: ({ kind, id }) => (kind === "create" && id === 1 && creates() > 1 ? 15 : 1) };
  const page = open();
  const answered: string[] = [];
  page.store.follow(({ model, answer }) => {
    if (answer?.explained.target === 2) answered.push(model?.info.device ?? "");
    if (answer && creates() > 1 && page.store.state.settings.target === undefined)
      page.controller.asking.explainClass(2);
  });
  const state = await rest(page);
  expect([...new Set(answered)]).toEqual(["cpu", "webgpu"]);
  expect([state.answer?.explained.target, isOld(state)]).toEqual([2, false]);
});

test("a full worker that does not start leaves the light one at work", async () => {
  FakeWorker.gpu = true;
  FakeWorker.manner = {
    turns: () => 1,
    fails: ({ kind }) => (kind === "create" && creates() > 1 ? "NotStarted" : undefined),
  };
  const page = open();
  const before = await rest(page);
  expect([before.model?.info.device, before.notice]).toEqual(["cpu", undefined]);
  page.controller.asking.explainClass(2);
  const after = await rest(page);
  expect([after.answer?.explained.target, after.model?.info.device]).toEqual([2, "cpu"]);
  expect(creates()).toBe(2);
});

test("the GPU that is asked for brings the full worker at once, and the CPU the light one", async () => {
  const page = open();
  await rest(page);
  page.controller.choosing.onDevice("webgpu");
  const state = await rest(page);
  expect([state.model?.info.device, isOld(state)]).toEqual(["webgpu", false]);
  expect(kinds()).toEqual(["light", "full"]);
  page.controller.choosing.onDevice("cpu");
  expect((await rest(page)).model?.info.device).toBe("cpu");
  expect(kinds()).toEqual(["light", "full", "light"]);
  expect(FakeWorker.alive).toBe(1);
});

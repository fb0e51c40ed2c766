import { beforeEach, expect, test, vi } from "vitest";
import { isOld } from "../src/current";
import { birds, type ModelEntry, taggedBirds } from "../src/models";
import { english } from "../src/words/words";
import { FakeCaches, FakeLocks, FakeServer } from "./browser";
import { open, type Page, prepare, rest } from "./page";
import { FakeWorker } from "./worker";

const SIZE = 10_000_000;
const big: ModelEntry = {
  id: "big",
  title: () => "Big",
  about: () => "",
  url: "https://weights.test/big.safetensors",
};

const FILE = Uint8Array.from({ length: SIZE }, (_, at) => at % 251);

/** Node's own. */
declare const setImmediate: (done: (value: unknown) => void) => void;

let server: FakeServer;

beforeEach(() => {
  prepare();
  server = new FakeServer(FILE);
  const local = fetch;
  vi.stubGlobal("fetch", (url: string, options?: RequestInit) =>
    String(url).startsWith("https://weights.test") ? server.fetch(url, options) : local(url),
  );
  vi.stubGlobal("caches", new FakeCaches());
  vi.stubGlobal("navigator", { languages: ["en"], locks: new FakeLocks() });
});

const wait = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

/** Waits for what Node does in threads of its own: checksums. */
async function until(page: Page, holds: () => boolean): Promise<void> {
  for (const start = performance.now(); performance.now() - start < 20_000 && !holds(); ) {
    await wait(5);
    await new Promise(setImmediate);
  }
  const { notice, transfers, network, model, running, awaited } = page.store.state;
  const told = {
    notice: notice?.say(english),
    transfers,
    asked: network?.called,
    loaded: model?.called,
    running: [...running.keys()],
    awaited,
  };
  expect(holds(), JSON.stringify(told)).toBe(true);
}

const loaded = ({ store }: Page, called: string) => store.state.model?.called === called;

test("a download is used when it is here", async () => {
  const page = open();
  await rest(page);
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  const state = await rest(page);
  expect(state.answer?.named.network).toBe(state.model?.id);
  expect(server.asked.length).toBe(1);
});

test("meanwhile classes are explained, birds are drawn, methods compared, and nothing waits", async () => {
  const page = open();
  await rest(page);
  server.most = 0;
  page.controller.choosing.use(big);
  await wait(50);
  page.controller.asking.explainClass(2);
  page.controller.comparing.open(true);
  await wait(200);
  expect(page.store.state.answer?.explained.target).toBe(2);
  expect(isOld(page.store.state)).toBe(false);
  page.controller.showing.drawBird("Crow");
  await wait(200);
  expect(page.store.state.answer?.named.picture.bird?.species).toBe("Crow");
  expect(
    [...page.store.state.outcomes.values()].filter(({ kind }) => kind === "done").length,
  ).toBeGreaterThan(3);
  server.most = SIZE;
  await until(page, () => loaded(page, "big.safetensors"));
});

test("pressed twice it is fetched once", async () => {
  const page = open();
  await rest(page);
  page.controller.choosing.use(big);
  page.controller.choosing.use(big);
  await wait(3);
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  expect(server.asked.length).toBe(1);
});

test("in two tabs it is fetched once, and both use it", async () => {
  const [one, two] = [open(), open()];
  await rest(one);
  await rest(two);
  one.controller.choosing.use(big);
  await wait(3);
  two.controller.choosing.use(big);
  await until(two, () => two.store.state.transfers.big?.elsewhere === true);
  await until(two, () => loaded(one, "big.safetensors") && loaded(two, "big.safetensors"));
  expect(server.asked.length).toBe(1);
});

test("what was chosen meanwhile stays; the download offers itself", async () => {
  const page = open();
  await rest(page);
  page.controller.choosing.use(big);
  await wait(3);
  page.controller.choosing.use(taggedBirds);
  await until(page, () => page.store.state.notice?.choices !== undefined);
  const state = await rest(page);
  expect(state.network?.entry).toBe(taggedBirds);
  const [choice] = state.notice?.choices ?? [];
  if (choice) page.controller.answerNotice(choice.action);
  await until(page, () => loaded(page, "big.safetensors"));
});

test("called off, it goes on later from where it was", async () => {
  const page = open({ entries: [birds, big] });
  await rest(page);
  server.most = 6_000_000;
  page.controller.choosing.use(big);
  await until(page, () => page.store.state.transfers.big?.work.done === server.most);
  page.controller.choosing.cancelDownload(big.id);
  await until(page, () => page.store.state.transfers.big === undefined);
  expect(page.store.state.kept.big?.bytes).toBeGreaterThan(4_000_000);
  expect(page.store.state.model?.entry).toBe(birds);
  server.most = SIZE;
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  expect(server.asked.map(({ from }) => from > 4_000_000)).toEqual([false, true]);
});

test("storage that forgets keeps the file for this session, and a later one fetches it again", async () => {
  vi.stubGlobal("caches", new FakeCaches(true));
  const page = open();
  await rest(page);
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  expect(page.store.state.notice?.say(english), "it is still said once the network is in use").toBe(
    english.t.errors.noRoom,
  );
  expect(page.store.state.model?.weights[0]?.size).toBe(SIZE);
  const later = open();
  await rest(later);
  later.controller.choosing.use(big);
  await until(later, () => loaded(later, "big.safetensors"));
  expect(server.asked.length).toBe(2);
});

test("a piece that the browser threw away is fetched again", async () => {
  const storage = new FakeCaches();
  vi.stubGlobal("caches", storage);
  const page = open();
  await rest(page);
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  const cache = await storage.open("c3lrp-weights");
  const piece = (await cache.keys()).find(({ url }) => url.endsWith("/1"));
  await cache.delete(piece?.url ?? "");
  const later = open();
  await rest(later);
  later.controller.choosing.use(big);
  await until(later, () => loaded(later, "big.safetensors"));
  expect(server.asked.length).toBe(2);
});

test("a filter that is chosen while names are fetched is kept", async () => {
  const page = open();
  await rest(page);
  const { model } = page.store.state;
  if (model) page.store.update({ model: { ...model, info: { ...model.info, classes: 1000 } } });
  page.controller.asking.set({ filter: "none" });
  const state = await rest(page);
  expect(state.settings.filter).toBe("none");
  expect(state.answer?.named.filter).toBe("none");
});

test("names wait for the network that they are for, and no other takes them", async () => {
  const page = open();
  await rest(page);
  const names = ["a", "b", "c", "d"];
  page.controller.taking.files([new File([names.join("\n")], "names.txt")]);
  await until(page, () => page.store.state.waiting !== undefined);
  expect(page.store.state.model?.info.labels).not.toEqual(names);
  expect(Object.keys(page.store.state.named)).toEqual([]);
  page.controller.choosing.use(big);
  await until(page, () => loaded(page, "big.safetensors"));
  const { named, model } = page.store.state;
  expect(named[model?.id ?? 0]?.names).toEqual(names);
});

test("measured kernels that are no list are none", async () => {
  for (const stored of ["null", "5", '"x"', "[null, 3]", "{", "{}"]) {
    vi.stubGlobal("localStorage", { getItem: () => stored, setItem: () => {}, removeItem: () => {} });
    const { measuredKernels } = await import("c3lrp/client");
    expect(measuredKernels()).toEqual([]);
  }
  const page = open();
  expect((await rest(page)).answer).toBeDefined();
  expect(FakeWorker.calls.some(({ kind }) => kind === "create")).toBe(true);
});

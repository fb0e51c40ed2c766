import { beforeEach, expect, test, vi } from "vitest";
import type { State } from "../src/state";
import { open, type Page, prepare, rest } from "./page";
import { FakeWorker, SPECIES } from "./worker";

/** Collects what nothing holds any more; vitest.config.js has V8 offer it. */
declare const gc: () => void;

const ROUNDS = 20;
/** The state itself, and some that V8 still finds in the registers of functions that wait. */
const FEW = 5;

beforeEach(() => {
  prepare();
  FakeWorker.manner = {
    turns: () => 1,
    fails: (call) => {
      if (call.kind !== "explain") return undefined;
      const asked = JSON.stringify(call.options);
      if (asked.includes('"epsilon":-1')) return "OptionsError";
      return asked.includes("input-x-gradient") ? "EngineError" : undefined;
    },
  };
});

/** All states of a page from now on, none of which this holds. */
function record({ store }: Page): WeakRef<State>[] {
  const states: WeakRef<State>[] = [];
  const update = store.update.bind(store);
  store.update = (change) => {
    update(change);
    states.push(new WeakRef(store.state));
  };
  return states;
}

/** Ends the current job: until then a WeakRef's target stays. Timers are not the real ones. */
const turn = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(undefined);
  });

const DEEDS: Readonly<Record<string, (page: Page, round: number) => void>> = {
  "explaining classes": ({ controller }, round) => controller.asking.explainClass(round % SPECIES.length),
  "drawing birds": ({ controller }) => controller.showing.drawBird(undefined),
  "setting one class against another": ({ controller }, round) =>
    controller.asking.holdAgainst(round % SPECIES.length),
  "comparing methods": ({ controller, store }, round) => {
    store.update({ settings: { ...store.state.settings, target: round % SPECIES.length } });
    controller.comparing.open(true);
    controller.comparing.pick("grad-cam", true);
    controller.comparing.pick("input-x-gradient", true);
    controller.comparing.resume();
  },
  "asking what is refused": ({ controller }, round) =>
    controller.asking.set({ method: { name: "c3-lrp", epsilon: -1 }, target: round % SPECIES.length }),
  "asking what fails": ({ controller }, round) =>
    controller.asking.set({ method: { name: "input-x-gradient" }, target: round % SPECIES.length }),
  "measuring curves": ({ controller, store }, round) => {
    store.update({ settings: { ...store.state.settings, target: round % SPECIES.length } });
    controller.judging.open(true);
    controller.judging.resume();
  },
};

for (const [what, act] of Object.entries(DEEDS)) {
  test(`a state holds no earlier one after ${what}`, async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const page = open();
    await rest(page);
    const states = record(page);
    for (let round = 0; round < ROUNDS; round++) {
      act(page, round);
      await rest(page);
    }
    await turn();
    gc();
    const held = states.filter((one) => one.deref()).length;
    expect(states.length).toBeGreaterThan(2 * ROUNDS);
    expect(held).toBeLessThanOrEqual(FEW);
  });
}

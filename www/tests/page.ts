import { vi } from "vitest";
import { Controller } from "../src/controller";
import { isBusy } from "../src/current";
import type { Link } from "../src/link";
import { birds } from "../src/models";
import { firstState, type State } from "../src/state";
import { Store } from "../src/store";
import { english } from "../src/words/words";
import { FakeWorker } from "./worker";

/** A page without a view: its store and its controller, on a worker that is none. */
export interface Page {
  readonly store: Store;
  readonly controller: Controller;
}

/** What was saved, by the files' names. */
export const saved: string[] = [];

/** Networks come from nowhere, in no time; what is fetched is a file of its name. So many workers help. */
export function prepare(cores = 1): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("navigator", { hardwareConcurrency: cores });
  vi.stubGlobal("location", new URL("http://page.test/"));
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });
  vi.stubGlobal("document", {
    createElement: () => ({
      download: "",
      click() {
        saved.push(this.download);
      },
    }),
  });
  saved.length = 0;
  vi.stubGlobal("fetch", async (url: string) => new Response(`the file ${url}`));
  FakeWorker.manner = { turns: () => 1 };
  FakeWorker.gpu = false;
  FakeWorker.all.length = FakeWorker.calls.length = 0;
}

export function open(change: Partial<State> = {}, link?: Link): Page {
  const store = new Store({ ...firstState([birds], english), bird: { species: "Wren", seed: 1 }, ...change });
  const controller = new Controller(store);
  controller.open(link);
  return { store, controller };
}

/** Lets everything happen that is to happen; fails where it doesn't come to rest. */
export async function rest({ store }: Page): Promise<State> {
  for (let turn = 0; turn < 400; turn++) {
    await vi.advanceTimersByTimeAsync(20);
    if (
      !isBusy(store.state) &&
      store.state.running.size === 0 &&
      Object.keys(store.state.transfers).length === 0
    ) {
      await vi.advanceTimersByTimeAsync(20);
      if (store.state.running.size === 0 && !isBusy(store.state)) return store.state;
    }
  }
  const { running, awaited, reading, bird, network, model } = store.state;
  throw new Error(
    `the page does not come to rest: ${JSON.stringify({ running: [...running.keys()], awaited, reading, bird, asked: network?.id, loaded: model?.id })}`,
  );
}

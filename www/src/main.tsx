import { render } from "preact";
import { Address } from "./address";
import { lacking } from "./browser";
import { firstScale } from "./colours";
import { Controller } from "./controller";
import { isBusy } from "./current";
import { firstWorker } from "./early";
import { readLink } from "./link";
import { modelEntries } from "./models";
import { beInstallable, keepForOffline } from "./offline";
import { takeShared } from "./shared";
import { firstState } from "./state";
import { Store } from "./store";
import { titleOf } from "./title";
import { opened, unopened } from "./unopened";
import { Page } from "./view/page";
import { firstLanguage, loadWords } from "./words/words";

/** Connects actions, state and view: actions change the state, which the page draws. */
async function start(root: HTMLElement): Promise<void> {
  const shared = takeShared();
  const words = await loadWords(firstLanguage());
  const lacks = lacking();
  if (lacks.length > 0) {
    firstWorker()?.terminate();
    opened();
    root.textContent = words.t.errors.browser(lacks.map((what) => words.t.errors.lacks[what]));
    return;
  }
  const entries = modelEntries(location.search, location.href);
  const store = new Store({ ...firstState(entries, words), scale: firstScale() });
  const controller = new Controller(store);
  const address = new Address(store, controller.linking.visit, entries, words);
  let settled = false;
  controller.open(readLink(location.hash));
  address.open();
  root.replaceChildren();
  // The work is under way before the page is drawn.
  store.draw((state) => {
    // index.html itself is in English.
    if (document.documentElement.lang !== state.words.language) {
      document.documentElement.lang = state.words.language;
    }
    const title = titleOf(state);
    if (document.title !== title) document.title = title;
    render(<Page state={state} actions={controller} />, root);
    opened();
    // Keeping files for the next visit waits until the first picture is explained.
    if (settled || isBusy(state)) return;
    settled = true;
    void keepForOffline((offline) => {
      store.update({ offline });
      if (offline === "ready") beInstallable();
    });
  });
  const pictures = await shared;
  if (pictures) controller.taking.shared(pictures);
}

function open(): void {
  const root = document.getElementById("page");
  if (root) start(root).catch(unopened);
}

// The first script waits for nothing, not even for the rest of index.html.
if (document.readyState === "loading") addEventListener("DOMContentLoaded", open, { once: true });
else open();

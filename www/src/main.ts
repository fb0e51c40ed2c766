import { Controller } from "./controller";
import { byId, say } from "./dom";
import { modelEntries } from "./models";
import { keepForOffline } from "./offline";
import { SCRIPTS_POLICY } from "./policy";
import { firstState, Store } from "./state";
import { pageView } from "./view/page";

// Every address that code is loaded from passes here, where the browser knows trusted types: only the page's own do.
globalThis.trustedTypes?.createPolicy(SCRIPTS_POLICY, {
  createScriptURL: (url) => {
    if (new URL(url, location.href).origin === location.origin) return url;
    throw new Error(`${url} is no part of this page`);
  },
});

// The views call the controller, which changes the state, which the views draw.
const store = new Store(firstState(modelEntries(location.search, location.href)));
const controller = new Controller(store, (text) => say(byId("announce"), text));
store.show(pageView(controller));
// What is kept for the next time waits until this time's picture is explained.
void controller.open().then(keepForOffline);

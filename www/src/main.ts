import { Controller } from "./controller";
import { byId, say } from "./dom";
import { modelEntries } from "./models";
import { firstState, Store } from "./state";
import { pageView } from "./view/page";

// The views call the controller, which changes the state, which the views draw.
const store = new Store(firstState(modelEntries(location.search, location.href)));
const controller = new Controller(store, (text) => say(byId("announce"), text));
store.show(pageView(controller));
controller.open();

import type { Actions } from "../actions";
import { byId, checkRadio, element, fill, make, say } from "../dom";
import { shortCommit } from "../hub";
import { entryHome, type ModelEntry } from "../models";
import { mayFetch, WEIGHTS_ORIGIN } from "../policy";
import type { Render, State } from "../state";
import type { Kept } from "../weights";
import { megabytes } from "../words";
import { takeFiles } from "./files";

/** The networks to choose from; once one is loaded, what it is and where it runs. */
export function modelView(actions: Actions): Render {
  const file = element("own-file", HTMLInputElement);
  byId("own-choose").addEventListener("click", () => file.click());
  takeFiles(file, actions, "weights");
  byId("change").addEventListener("click", actions.chooseModel);
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="device"]')) {
    radio.addEventListener("change", () => actions.chooseDevice(radio.value as State["device"]));
  }
  const cards = new Map<string, Drawn>();
  return (state) => {
    const { model, work } = state;
    const loading = work?.kind === "download" || work?.kind === "load";
    say(byId("model-headline"), model || loading ? "Network" : "Choose a network");
    byId("cards").hidden = loading || (model !== undefined && !state.choosing);
    byId("loaded").hidden = model === undefined || (loading && work?.kind === "download");
    const items = state.entries.map((entry) => {
      const one = cards.get(cardKey(entry)) ?? card(entry, actions, "card");
      cards.set(cardKey(entry), one);
      one.draw(state, model === undefined && entry === state.entries[0]);
      return one.item;
    });
    fill(byId("cards"), [...items, byId("hub"), byId("own")]);
    if (model) drawLoaded(state);
  };
}

function drawLoaded({ model, device, choosing }: State): void {
  if (!model) return;
  const { info } = model;
  say(byId("model-name"), model.name);
  const millions = info.parameters / 1e6;
  const size = millions < 1 ? `${Math.round(millions * 1000)} thousand` : `${millions.toFixed(1)} million`;
  say(byId("model-size"), `${info.depths.join("-")} blocks · ${size} parameters · ${info.classes} classes`);
  say(byId("model-origin"), model.origin ?? "");
  byId("model-origin").hidden = model.origin === undefined;
  say(byId("badge"), info.device === "webgpu" ? `WebGPU · ${info.adapter}` : `CPU · ${info.adapter}`);
  byId("badge").dataset.device = info.device;
  say(byId("reason"), info.reason);
  say(byId("change"), choosing ? "Keep this network" : "Use another network");
  checkRadio("device", device);
}

/** What a click on an entry does. */
function fetchWord(entry: ModelEntry, { kept, model }: State): string {
  const have = kept[entry.id];
  if (model?.entry?.id === entry.id) return "In use";
  const verb = entry.bundled || have?.complete ? "Use" : have ? "Resume" : "Download";
  return verb === "Download" && entry.bytes ? `${verb}, ${megabytes(entry.bytes)}` : verb;
}

/** A repository that was fetched anew has another card. */
export const cardKey = ({ id, found }: ModelEntry): string => `${id} ${found?.commit ?? ""}`;

/** A card for weights that can be had. */
export interface Drawn {
  readonly item: HTMLLIElement;
  /** Draws it; `main` where it is the one to be taken by who doesn't know better. */
  draw(state: State, main: boolean): void;
}

export function card(entry: ModelEntry, actions: Actions, place: string): Drawn {
  const use = make("button", { type: "button" });
  const forget = make("button", { type: "button", className: "quiet" }, "Delete");
  forget.setAttribute("aria-label", `Delete what is kept of ${entry.title}`);
  const title = make("h3", { id: `${place}-${entry.id}` }, entry.title);
  use.setAttribute("aria-describedby", title.id);
  const word = make("p", { className: "soft" });
  const about = make("p", { className: "soft" }, entry.about);
  const row = make("div", { className: "row" }, use, forget);
  use.addEventListener("click", () => actions.fetchModel(entry));
  forget.addEventListener("click", () => actions.forgetModel(entry));
  const item = make("li", { className: "card" }, title, about, word, row);

  const draw: Drawn["draw"] = (state, main) => {
    const have = state.kept[entry.id];
    forget.hidden = have === undefined || place === "ask";
    use.hidden = !mayFetch(entry.url, location.href);
    use.disabled = state.model?.entry?.id === entry.id;
    use.className = main ? "main" : "";
    say(use, fetchWord(entry, state));
    say(word, whereabouts(entry, have));
    // At the picture that is said of all of them.
    word.hidden = place === "ask" && have === undefined;
  };
  return { item, draw };
}

function whereabouts(entry: ModelEntry, have: Kept | undefined): string {
  if (entry.bundled) return "Comes with this page.";
  if (!mayFetch(entry.url, location.href)) {
    return (
      `This page asks nobody but its own host and ${new URL(WEIGHTS_ORIGIN).host} for weights. ` +
      "Download the file yourself, and drop it here."
    );
  }
  if (have?.complete) {
    const { commit, checked } = have.repository ?? {};
    const pinned = commit
      ? `, commit ${shortCommit(commit)}${checked ? ", checked against the author's SHA-256" : ""}`
      : "";
    return `Kept on this device · ${megabytes(have.bytes)}${pinned}.`;
  }
  const total = have?.total || entry.bytes;
  if (have) return `${megabytes(have.bytes)}${total ? ` of ${megabytes(total)}` : ""} are here already.`;
  return `From ${entryHome(entry, location.href)}, once; then kept on this device.`;
}

import type { Actions } from "../actions";
import { byId, fill, say } from "../dom";
import { mayFetch } from "../policy";
import { asksForNetwork, knowsBirds, type Render } from "../state";
import { card, cardKey, type Drawn } from "./model";

/**
 * A photograph while only drawn birds are known: the networks for photographs stand where the answer would be, and
 * a bird is named only if the person wants that all the same.
 */
export function askView(actions: Actions): Render {
  const cards = new Map<string, Drawn>();
  byId("ask-anyway").addEventListener("click", () => actions.insist(true));
  byId("stranger-ask").addEventListener("click", () => actions.insist(false));
  return (state) => {
    const [asks, { work, picture, result }] = [asksForNetwork(state), state];
    byId("ask").hidden = !asks;
    // What is about an answer has nothing to say until there is one.
    document.body.dataset.asks = String(asks);
    byId("stranger").hidden = asks || !(result && picture && !picture.bird && knowsBirds(state));
    if (!asks) return;
    const offered = state.entries.filter(({ bundled, url }) => !bundled && mayFetch(url, location.href));
    // What is here already costs nothing; else the smallest costs least.
    const first = offered.find(({ id }) => state.kept[id]?.complete) ?? offered[0];
    const busy = work?.kind === "download" || work?.kind === "load";
    say(byId("ask-name"), state.model?.name ?? "");
    const items = offered.map((entry) => {
      const one = cards.get(cardKey(entry)) ?? card(entry, actions, "ask");
      cards.set(cardKey(entry), one);
      one.draw(state, entry === first);
      return one.item;
    });
    fill(byId("ask-cards"), items);
    for (const button of byId("ask").querySelectorAll("button")) button.disabled = busy;
  };
}

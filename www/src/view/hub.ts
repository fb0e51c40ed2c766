import type { Actions } from "../actions";
import { byId, element, fill, say } from "../dom";
import type { Render } from "../state";
import { card, type Drawn } from "./model";

/** Any network on Hugging Face, by its name: what it is comes first, its weights on another click. */
export function hubView(actions: Actions): Render {
  const field = element("hub-name", HTMLInputElement);
  element("hub-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    actions.lookUp(field.value);
  });
  const look = element("hub-look", HTMLButtonElement);
  let shown: Drawn | undefined;
  let of: unknown;
  return (state) => {
    const { looked, looking } = state;
    look.disabled = looking;
    say(look, looking ? "Looking…" : "Look it up");
    if (looked !== of) {
      of = looked;
      shown = looked && card(looked, actions, "looked");
      fill(byId("hub-found"), shown ? [shown.item] : []);
    }
    byId("hub-found").hidden = shown === undefined;
    shown?.draw(state, true);
  };
}

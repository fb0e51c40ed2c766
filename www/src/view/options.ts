import type { Actions } from "../actions";
import { byId, element } from "../dom";
import type { Render, Settings } from "../state";

/** The folded options: how the relevance starts, how it is stabilised, how the picture becomes square. */
export function optionsView(actions: Actions): Render {
  const form = element("settings", HTMLFormElement);
  const field = (name: string): HTMLInputElement | HTMLSelectElement => {
    const found = form.elements.namedItem(name);
    if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
    throw new Error(`index.html has no setting ${name}`);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const epsilon = Number(field("epsilon").value);
    const good = Number.isFinite(epsilon) && epsilon > 0;
    field("epsilon").setAttribute("aria-invalid", String(!good));
    if (!good) {
      actions.complain("Epsilon must be a number above zero, such as 1e-6. The one before is kept.");
      return;
    }
    actions.set({
      start: field("start").value as Settings["start"],
      stabilizer: field("stabilizer").value as Settings["stabilizer"],
      fit: field("fit").value as Settings["fit"],
      epsilon,
    });
  });
  return ({ settings, model, picture }) => {
    byId("options").hidden = model === undefined;
    byId("fit").hidden = picture?.bird !== undefined;
    for (const name of ["start", "stabilizer", "fit"] as const) field(name).value = settings[name];
  };
}

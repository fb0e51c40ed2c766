import type { MethodName } from "c3lrp";
import type { Actions } from "../actions";
import { byId, element, make, say } from "../dom";
import { methodTitle, whyNot } from "../methods";
import type { Render } from "../state";
import { capital } from "../words";

/** The menu of methods, with what the chosen one does and who published it. */
export function methodView(actions: Actions): Render {
  const menu = element("method", HTMLSelectElement);
  menu.addEventListener("change", () => actions.set({ method: { name: menu.value as MethodName } }));
  return ({ methods, settings, model, result }) => {
    if (menu.options.length !== methods.length) {
      menu.replaceChildren(...methods.map(({ name }) => make("option", { value: name })));
    }
    methods.forEach(({ name }, i) => {
      const option = menu.options[i];
      if (!option) return;
      const reason = whyNot(name, model?.info);
      option.disabled = reason !== undefined;
      say(option, methodTitle(name) + (reason ? `: ${reason}` : ""));
    });
    menu.value = settings.method.name;
    const chosen = methods.find(({ name }) => name === settings.method.name);
    say(byId("method-word"), chosen ? `${chosen.meaning} ${capital(chosen.source)}.` : "");
    say(byId("shown-by"), methodTitle((result?.settings ?? settings).method.name));
  };
}

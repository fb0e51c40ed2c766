import type { Actions } from "../actions";
import { type Ranked, searchClasses } from "../classes";
import { byId, element, make, say } from "../dom";
import { className, type Labels } from "../labels";
import type { Render, State } from "../state";
import { percent } from "../words";

const TOP = 5;
const FOUND = 6;

/** The five most probable classes, the explained one where it is not among them, and the search. */
export function classesView(actions: Actions): Render {
  const query = element("query", HTMLInputElement);
  query.addEventListener("input", () => actions.search(query.value));
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") actions.search("");
    if (event.key !== "Enter") return;
    const first = byId("found").querySelector("button");
    if (first) first.click();
  });
  const top = classList("top", actions);
  const found = classList("found", actions);
  return (state) => {
    const { result, labels } = state;
    byId("classes").hidden = !result && !state.model && !state.work;
    byId("classes").dataset.waiting = String(result === undefined);
    if (query.value !== state.query) query.value = state.query;
    if (!result) return;
    const target = state.settings.target ?? result.explained.target;
    const first = result.ranked.slice(0, TOP);
    const extra = result.ranked.filter(({ index, rank }) => index === target && rank > TOP);
    top([...first, ...extra], labels, target);
    const hits = searchClasses(result.ranked, labels, state.query, FOUND);
    found(hits, labels, target);
    byId("found-none").hidden = state.query.trim() === "" || hits.length > 0;
    say(byId("labels-word"), labelsWord(state));
  };
}

/** Draws a list of classes into `#id`; the rows stay where they are, so that the focus does too. */
function classList(id: string, actions: Actions) {
  const list = byId(id);
  return (ranked: readonly Ranked[], labels: Labels | undefined, target: number): void => {
    while (list.children.length > ranked.length) list.lastElementChild?.remove();
    while (list.children.length < ranked.length) list.append(row(actions));
    ranked.forEach((entry, i) => {
      const button = list.children[i]?.firstElementChild;
      if (!(button instanceof HTMLButtonElement)) return;
      const [name, share, bar] = button.children;
      button.dataset.index = String(entry.index);
      button.setAttribute("aria-pressed", String(entry.index === target));
      button.title = `Class ${entry.index}, number ${entry.rank} by probability`;
      if (name instanceof HTMLElement) say(name, className(labels, entry.index));
      if (share instanceof HTMLElement) say(share, percent(entry.probability));
      if (bar instanceof HTMLElement) bar.style.setProperty("--share", String(entry.probability));
    });
  };
}

function row(actions: Actions): HTMLLIElement {
  const button = make(
    "button",
    { type: "button", className: "class" },
    make("span", { className: "name" }),
    make("span", { className: "share" }),
    make("span", { className: "bar", ariaHidden: "true" }),
  );
  button.addEventListener("click", () => actions.explainClass(Number(button.dataset.index)));
  return make("li", {}, button);
}

function labelsWord({ labels, model }: State): string {
  const classes = model?.info.classes ?? 0;
  return labels
    ? `${classes} classes, named by ${labels.from}.`
    : `${classes} classes without names. Drop a .txt, .json or .csv list to name them.`;
}

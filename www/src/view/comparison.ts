import type { MethodInfo, MethodName } from "c3lrp";
import type { Actions } from "../actions";
import { FEWEST, MOST } from "../comparing";
import { byId, checkRadio, fill, make, say } from "../dom";
import { putPixels } from "../drawing";
import { methodTitle, whyNot } from "../methods";
import { LEGEND } from "../protocol";
import type { Comparison, Filter, Render, State } from "../state";
import { percent, seconds } from "../words";
import { type Card, methodCard } from "./card";

const RULES: Readonly<Record<Comparison["shows"], string>> = {
  relevance:
    "Methods measure in different units, so each map is coloured by the same rule: full colour at the magnitude that 99.5 % of its pixels do not exceed.",
  overlay:
    "Methods measure in different units, so each map is coloured by the same rule: full colour at the largest value that the filter keeps.",
};

/** Several methods side by side: which ones, what is shown of them, and a card for each. */
export function comparisonView(actions: Actions): Render {
  const { comparing } = actions;
  const cards = new Map<MethodName, Card>();
  const picks = new Map<MethodName, HTMLInputElement>();
  let open = false;
  byId("compare-open").addEventListener("click", () => comparing.open(!open));
  byId("compare-cancel").addEventListener("click", () => {
    if (byId("compare-cancel").dataset.halted === "true") comparing.resume();
    else comparing.cancel();
  });
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="shows"]')) {
    radio.addEventListener("change", () => comparing.show(radio.value as Comparison["shows"]));
  }
  return (state) => {
    const { comparison, methods } = state;
    open = comparison.open;
    byId("comparison").hidden = !open;
    byId("compare-open").setAttribute("aria-expanded", String(open));
    say(byId("compare-open"), open ? "Close" : "Compare");
    if (!open) return;
    drawPicks(state, picks, comparing.pick.bind(comparing));
    checkRadio("shows", comparison.shows);
    drawWords(state);
    drawButton(state);
    const list = byId("compare-cards");
    const shown = methods.filter(({ name }) => comparison.picked.includes(name));
    list.style.setProperty("--columns", String(shown.length > 4 ? 3 : shown.length));
    const items = shown.map((method) => {
      const card = cards.get(method.name) ?? methodCard(method, actions);
      cards.set(method.name, card);
      card.show(state);
      return card.item;
    });
    fill(list, items);
  };
}

/** A box to tick for each method; one that can't be had says why. */
function drawPicks(
  { methods, comparison, model }: State,
  picks: Map<MethodName, HTMLInputElement>,
  pick: (name: MethodName, on: boolean) => void,
): void {
  const box = ({ name, meaning }: MethodInfo): HTMLInputElement => {
    const made = make("input", { type: "checkbox", value: name });
    made.addEventListener("change", () => pick(name, made.checked));
    byId("picks").append(make("label", { title: meaning }, made, make("span", {}, methodTitle(name))));
    picks.set(name, made);
    return made;
  };
  const { picked } = comparison;
  const reasons: string[] = [];
  for (const method of methods) {
    const input = picks.get(method.name) ?? box(method);
    const reason = whyNot(method.name, model?.info);
    if (reason) reasons.push(`${methodTitle(method.name)}: ${reason}.`);
    input.checked = picked.includes(method.name);
    input.disabled =
      reason !== undefined || (input.checked ? picked.length <= FEWEST : picked.length >= MOST);
    if (reason) input.setAttribute("aria-describedby", "picks-word");
    else input.removeAttribute("aria-describedby");
  }
  say(byId("picks-word"), reasons.join(" "));
}

const KEEPS: Readonly<Record<Filter, string>> = {
  c3: "filtered by C3",
  c1c: "filtered by C1C",
  "heat-quantization": "at eight levels",
  none: "with no filter",
};

function drawWords(state: State): void {
  const { comparison, result } = state;
  const over = comparison.shows === "overlay";
  const filter = over && result ? ` The maps are ${KEEPS[result.settings.filter]}.` : "";
  say(byId("compare-word"), `${RULES[comparison.shows]}${filter} Every method runs with its defaults.`);
  say(byId("compare-times"), [forwardWord(state), evenWord(state)].filter((word) => word).join(" "));
  byId("compare-legend").hidden = over || !result;
  const bar = byId("compare-legend").querySelector("canvas");
  if (bar && result) putPixels(bar, result.explained.legend, LEGEND, 1);
}

const forwardWord = ({ forward }: State): string =>
  forward > 0
    ? `The forward pass took ${seconds(forward)}, once for all of them; RISE runs one of its own for every mask.`
    : "";

/** What a map without any preference would have on the bird. */
function evenWord({ result }: State): string {
  const whole = result?.explained.masses.find(({ on }) => on === "whole");
  const deciding = result?.explained.masses.find(({ on }) => on === "deciding");
  if (!whole || !deciding) return "";
  return `Spread evenly, ${percent(whole.area)} would lie on the bird and ${percent(deciding.area)} on the parts that decide.`;
}

/** One button calls the rest off, and afterwards makes it after all; it keeps its place and the focus. */
function drawButton({ comparison, result }: State): void {
  const { cards, picked, of, making, halted, rise } = comparison;
  const missing = picked.some((name) => cards[name]?.of !== of && (rise || name !== "rise"));
  const button = byId("compare-cancel");
  const busy = making !== undefined || (missing && !halted && result !== undefined);
  button.dataset.halted = String(!busy);
  button.style.visibility = busy || missing ? "visible" : "hidden";
  say(button, busy ? "Cancel" : "Go on");
}

import type { Actions } from "../actions";
import { make, say } from "../dom";
import type { Render } from "../state";

/** How many masks RISE takes, and the way to have it take others. */
export function riseForm(actions: Actions): { form: HTMLElement; show: Render } {
  const word = make("p", { className: "masks-word" });
  const input = make("input", { type: "text", inputMode: "numeric", className: "masks" });
  input.setAttribute("aria-label", "Masks for RISE");
  const run = make("button", { type: "button", className: "run" }, "Run");
  run.setAttribute("aria-label", "Run RISE");
  const ask = (): void => {
    const masks = Number(input.value);
    const empty = input.value.trim() === "";
    const good = empty || (Number.isInteger(masks) && masks >= 1 && masks <= 100_000);
    input.setAttribute("aria-invalid", String(!good));
    if (good) actions.comparing.rise(empty || masks === minute ? undefined : masks);
    else actions.complain("Masks must be a whole number from 1 to 100000, such as 8000.");
  };
  run.addEventListener("click", ask);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") ask();
  });
  let minute: number | undefined;
  let shown: number | undefined;
  const show: Render = ({ comparison, minuteMasks }) => {
    const masks = comparison.masks ?? minuteMasks;
    minute = minuteMasks;
    // What a person is typing is theirs until it is asked for.
    if (masks !== shown && masks !== undefined) input.value = String(masks);
    shown = masks;
    const number = masks === undefined ? "As many masks as" : `${masks} masks, as many as`;
    say(
      word,
      comparison.masks === undefined
        ? `${number} take about a minute here.`
        : `${comparison.masks} masks, as asked for.`,
    );
  };
  const form = make("div", { className: "rise soft" }, word, make("div", { className: "row" }, input, run));
  return { form, show };
}

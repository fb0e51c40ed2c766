import type { MethodInfo, MethodOptionInfo, MethodOptions } from "c3lrp";
import type { Actions } from "../actions";
import { byId, element, make, memo } from "../dom";
import { PRESETS } from "../presets";
import type { Render, State } from "../state";

const WORDS: Readonly<Record<MethodOptionInfo["name"], string>> = {
  start: "Start",
  stabilizer: "Stabilizer",
  epsilon: "Epsilon",
  linear: "Linear layer",
  linearBias: "Linear layer's bias",
  convolution: "Convolutions",
  first: "First convolution",
  gamma: "Gamma",
  alpha: "Alpha",
  norm: "BatchNorm",
  addition: "Addition",
  identitySkips: "Identity skips",
  pool: "Max-pool",
  input: "First layer's input",
  stage: "Stage",
  masks: "Masks",
  grid: "Grid",
  keep: "Keep",
  seed: "Seed",
};

type Value = MethodOptionInfo["default"];

/** The folded options: those of the method, as the library tells them. */
export function optionsView(actions: Actions): Render {
  const form = element("settings", HTMLFormElement);
  let state: State | undefined;
  form.addEventListener("submit", (event) => event.preventDefault());

  let fields: Field[] = [];
  const build = memo(() => {
    const method = chosen(state);
    fields = method?.options.map((option) => field(option, actions, () => state)) ?? [];
    byId("method-options").replaceChildren(...fields.map(({ label }) => label));
  });
  return (next) => {
    state = next;
    build(chosen(next));
    byId("options").hidden = next.model === undefined || fields.length === 0;
    for (const { show } of fields) show(next);
  };
}

const chosen = (state: State | undefined): MethodInfo | undefined =>
  state?.methods.find(({ name }) => name === state.settings.method.name);

interface Field {
  readonly label: HTMLLabelElement;
  show(state: State): void;
}

/** A menu where the library names all that an option can be, else a number. */
function field(option: MethodOptionInfo, actions: Actions, state: () => State | undefined): Field {
  const { name, choices, meaning } = option;
  const hint = make("span", { id: `option-${name}-hint`, className: "soft" }, meaning);
  const input =
    choices.length > 0
      ? make(
          "select",
          {},
          ...choices.map((choice) => make("option", { value: String(choice) }, word(choice))),
        )
      : make("input", { type: "text", inputMode: "decimal" });
  input.name = name;
  input.setAttribute("aria-label", WORDS[name]);
  input.setAttribute("aria-describedby", hint.id);
  let shown: string | undefined;
  input.addEventListener("change", () => {
    const value = choices.find((choice) => String(choice) === input.value) ?? number(input.value);
    input.setAttribute("aria-invalid", String(value === undefined));
    if (value === undefined) {
      actions.complain(
        `${WORDS[name]} must be a number, such as ${word(option.default)}. The one before is kept.`,
      );
      return;
    }
    const { [name]: _, ...method } = state()?.settings.method ?? PRESETS.measured.method;
    const changed = value === "" || value === option.default ? method : { ...method, [name]: value };
    actions.set({ method: changed as MethodOptions });
  });
  const show = ({ settings, minuteMasks }: State): void => {
    const standard = name === "masks" ? (minuteMasks ?? "") : option.default;
    const value = settings.method[name] ?? standard;
    const text = input instanceof HTMLSelectElement ? String(value) : word(value);
    // What a person is typing is theirs until it is set.
    if (text === shown) return;
    shown = text;
    input.value = text;
    input.setAttribute("aria-invalid", "false");
  };
  return { label: make("label", {}, WORDS[name], input, hint), show };
}

/** A number as typed; an empty field asks for the default. */
const number = (text: string): number | "" | undefined =>
  text.trim() === "" ? "" : Number.isFinite(Number(text)) ? Number(text) : undefined;

function word(value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return String(value);
}

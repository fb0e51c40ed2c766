import type { MethodOptionInfo, MethodOptions } from "c3lrp";
import { useState } from "preact/hooks";
import type { Props } from "./props";

/** The folded method options, from the library's table. */
export function Options({ state, actions }: Props) {
  const { words, methods, settings, model } = state;
  const { name, options = [] } = methods.find(({ name }) => name === settings.method.name) ?? {};
  return (
    <details id="options" hidden={!model || options.length === 0}>
      <summary>{words.t.networks.options.title}</summary>
      <form id="settings" onSubmit={(event) => event.preventDefault()}>
        <div id="method-options">
          {options.map((option) => (
            <Option key={`${name} ${option.name}`} option={option} state={state} actions={actions} />
          ))}
        </div>
      </form>
    </details>
  );
}

/** A menu if the library lists an option's values, otherwise a number field. */
function Option({ option, state, actions }: Props & { readonly option: MethodOptionInfo }) {
  const { words, settings, minuteMasks, model } = state;
  const { name, choices, meaning } = option;
  // The text is applied only when the person leaves the field.
  const [typed, type] = useState<string>();
  const t = words.t.networks.options;
  const standard = name === "masks" ? ((model && minuteMasks[model.id]) ?? "") : option.default;
  const set = (text: string): void => {
    const next = choices.find((choice) => String(choice) === text) ?? number(text);
    if (next === undefined) {
      actions.telling.complain(({ t }) => {
        const { mustBeNumber, names } = t.networks.options;
        return mustBeNumber(names[name], shown(option.default));
      }, "settings");
      return;
    }
    const { [name]: _, ...method } = settings.method;
    const changed = next === "" || next === standard ? method : { ...method, [name]: next };
    actions.asking.set({ method: changed as MethodOptions });
  };
  const value = settings.method[name] ?? standard;
  const hint = `option-${name}-hint`;
  const field = {
    id: `option-${name}`,
    name,
    autocomplete: "off" as const,
    "aria-label": t.names[name],
    "aria-describedby": hint,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => set(currentTarget.value),
  };
  return (
    <label for={field.id}>
      {t.names[name]}
      {choices.length > 0 ? (
        <select {...field} value={String(value)}>
          {choices.map((choice) => (
            <option key={choice} value={String(choice)}>
              {t.choice(String(choice))}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...field}
          type="text"
          inputMode="decimal"
          value={typed ?? shown(value)}
          onBlur={() => type(undefined)}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      )}
      <span id={hint} class="soft">
        {words.library({ code: `option.${name}.meaning`, params: {}, text: meaning })}
      </span>
    </label>
  );
}

/** A number as typed; an empty field asks for the default. */
const number = (text: string): number | "" | undefined =>
  text.trim() === "" ? "" : Number.isFinite(Number(text)) ? Number(text) : undefined;

const shown = (value: MethodOptionInfo["default"] | readonly (string | number)[]): string =>
  typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);

import type { Actions } from "../actions";
import { byId, checkRadio, say } from "../dom";
import { PRESETS, type Preset, presetOf } from "../presets";
import type { Render } from "../state";

const WORDS: Readonly<Record<Preset, string>> = {
  measured:
    "LRP-εz⁺ with C3: on sixty drawn birds the answer followed its maps best of nine methods, as closely as RISE's, and they lay on the bird.",
  published: "C3-LRP with C3: each block as one layer, as its paper has it.",
};

/** The named pairs of method and filter. */
export function presetsView(actions: Actions): Render {
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="preset"]')) {
    radio.addEventListener("change", () => actions.set(PRESETS[radio.value as Preset]));
  }
  return ({ settings }) => {
    const preset = presetOf(settings);
    checkRadio("preset", preset ?? "");
    say(byId("preset-word"), preset ? WORDS[preset] : "A method and a filter of your own choice.");
  };
}

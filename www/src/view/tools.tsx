import type { FilterName, MethodName } from "c3lrp";
import { SCALES } from "../colours";
import { asksForNetwork, isBusy, shownAnswer } from "../current";
import { keptBack } from "../linked";
import { methodTitle, methodWords, whyNot } from "../methods";
import { PRESETS, presetOf } from "../presets";
import { FILTERS } from "../question";
import { Masses, Numbers } from "./numbers";
import type { Props } from "./props";
import { RegionChoice, RegionWord } from "./region";
import { Save } from "./save";
import { Segments } from "./segments";

/** The map's settings, and its values in numbers. */
export function Tools({ state, actions }: Props) {
  const { words, model, settings } = state;
  const { tools: t } = words.t.stage;
  const answer = shownAnswer(state);
  const explained = answer?.explained;
  const known = state.methods.find(({ name }) => name === settings.method.name);
  const method = known && methodWords(words, known);
  const back = keptBack(state);
  const { filters } = words.t;
  const titles = Object.fromEntries(FILTERS.map((name) => [name, filters[name].title]));
  const preset = presetOf(settings);
  // While a map is being computed the tools keep their place, so that nothing jumps.
  const hidden = asksForNetwork(state) || !(answer || model || isBusy(state));
  return (
    <div id="tools" hidden={hidden} data-waiting={!answer} data-loaded={model !== undefined}>
      <Segments
        id="presets"
        name="preset"
        legend={t.preset}
        value={preset}
        choices={t.presets}
        onChange={(name) => actions.asking.set(PRESETS[name])}
        describedBy="preset-word"
      />
      <p id="preset-word" class="soft">
        {preset ? t.presetWords[preset] : t.ownPreset}
      </p>
      <label id="method-choice">
        <span>{t.method}</span>
        <select
          id="method"
          value={settings.method.name}
          autocomplete="off"
          aria-describedby="method-word"
          onChange={({ currentTarget }) =>
            actions.asking.set({ method: { name: currentTarget.value as MethodName } })
          }
        >
          {state.methods.map(({ name }) => {
            const reason = whyNot(name, model?.info);
            const title = methodTitle(name);
            return (
              <option
                key={name}
                value={name}
                selected={name === settings.method.name}
                disabled={reason !== undefined}
              >
                {reason ? t.unfit(title, reason(words)) : title}
              </option>
            );
          })}
        </select>
      </label>
      <p id="method-word" class="soft">
        {method && `${method.meaning} ${begun(method.source)}.`}
      </p>
      <Segments
        name="filter"
        legend={t.filter}
        value={settings.filter}
        choices={titles as Record<FilterName, string>}
        onChange={(filter) => actions.asking.set({ filter })}
        describedBy="filter-word"
      />
      <label class="slider">
        <span>{t.opacity}</span>
        <input
          id="opacity"
          type="range"
          min="0"
          max="100"
          value={Math.round(100 * state.opacity)}
          autocomplete="off"
          onInput={({ currentTarget }) => actions.looking.setOpacity(currentTarget.valueAsNumber / 100)}
        />
      </label>
      <label id="scale-choice">
        <span>{words.t.closer.colours}</span>
        <select
          id="scale"
          value={state.scale}
          autocomplete="off"
          onChange={({ currentTarget }) => {
            const chosen = SCALES.find((scale) => scale === currentTarget.value);
            if (chosen) actions.looking.colour(chosen);
          }}
        >
          {SCALES.map((scale) => (
            <option key={scale} value={scale} selected={scale === state.scale}>
              {words.t.closer.scales[scale]}
            </option>
          ))}
        </select>
      </label>
      <RegionChoice state={state} actions={actions} />
      <button id="copy-link" type="button" class="quiet" onClick={actions.linking.copy}>
        {words.t.link.copy}
      </button>
      <Save state={state} actions={actions} />
      <p id="link-word" class="soft" hidden={back.length === 0}>
        {words.t.link.keptBack(back)}
      </p>
      <p id="filter-word" class="soft">
        {filters[settings.filter].does} {explained?.fallback && t.fallback}
      </p>
      <RegionWord state={state} answer={answer} />
      {answer && <Masses state={state} answer={answer} />}
      <p id="times" class="soft">
        {explained && t.times({ webgpu: explained.device === "webgpu", ...explained.milliseconds })}
      </p>
      {answer && <Numbers state={state} answer={answer} />}
    </div>
  );
}

/** With a capital, for the beginning of a sentence. */
const begun = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

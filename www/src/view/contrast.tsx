import { mapColours } from "../colours";
import { singles } from "../contrast";
import { nameOf, shownAnswer } from "../current";
import { shortName } from "../labels";
import { Pixels } from "./canvas";
import type { Props } from "./props";
import { Why } from "./why";

/** How many other classes are offered for a contrast. */
const OFFERED = 5;

/** Sets the class against another one, and shows the maps of both alone. */
export function Contrast({ state, actions }: Props) {
  const answer = shownAnswer(state);
  if (!answer) return null;
  const { words, species, picture, scale } = state;
  const { contrast: t } = words.t.stage;
  const { target } = answer.explained;
  const { against } = state.settings;
  const nearest = species.find(({ name }) => name === picture?.bird?.species)?.nearest ?? [];
  const others = answer.ranked.filter(({ index, rank }) => {
    const offered = rank <= OFFERED + 1 || index === against || nearest.includes(nameOf(state, index));
    return offered && index !== target;
  });
  const value = against === undefined ? "" : `${against}`;
  const choose = (chosen: string): void =>
    actions.asking.holdAgainst(chosen === "" ? undefined : chosen === "rest" ? chosen : Number(chosen));
  const named = (index: number): string => shortName(nameOf(state, index));
  return (
    <div id="contrast">
      <div class="said">
        <label>
          {t.label(named(target))}{" "}
          <select
            id="against"
            value={value}
            autocomplete="off"
            onChange={({ currentTarget }) => choose(currentTarget.value)}
          >
            <option value="" selected={value === ""}>
              {t.none}
            </option>
            {others.map(({ index, probability }) => (
              <option key={index} value={`${index}`} selected={value === `${index}`}>
                {t.other({
                  name: named(index),
                  share: probability,
                  nearest: nearest.includes(nameOf(state, index)),
                })}
              </option>
            ))}
            <option value="rest" selected={value === "rest"}>
              {t.rest}
            </option>
          </select>
        </label>
        <Why label={t.whyLabel}>{t.lesson}</Why>
      </div>
      <ul id="alone">
        {singles(state).map(({ target: one, outcome }) => {
          const explained = outcome?.kind === "done" ? outcome.value.explained : undefined;
          const label = t.alone(named(one));
          return (
            <li key={one} data-class={one}>
              <Pixels
                role="img"
                aria-label={label}
                pixels={explained && mapColours(explained, scale)}
                size={explained}
              />
              <span>{label}</span>
              {outcome && !explained && (
                <button type="button" class="link" onClick={actions.retry}>
                  {words.t.work.tryAgain}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

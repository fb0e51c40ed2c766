import type { Answer } from "../answer";
import { shownAnswer } from "../current";
import type { Props } from "./props";

interface OfAnswer extends Pick<Props, "state"> {
  readonly answer: Answer | undefined;
}

/** A box around the filtered map's largest region, in the frame that the map covers. */
export function RegionBox({ state, answer }: OfAnswer) {
  const { region, width, height } = answer?.explained ?? {};
  if (!state.boxed || !region || !width || !height) return null;
  const part = (length: number, of: number): string => `${(100 * length) / of}%`;
  return (
    <div
      id="region"
      style={{
        left: part(region.x, width),
        top: part(region.y, height),
        width: part(region.width, width),
        height: part(region.height, height),
      }}
    />
  );
}

/** The checkbox for that box. */
export function RegionChoice({ state, actions }: Props) {
  return (
    <label id="box-choice" class="check">
      <input
        id="show-box"
        type="checkbox"
        checked={state.boxed}
        disabled={shownAnswer(state)?.explained.region === undefined}
        autocomplete="off"
        aria-describedby={state.boxed ? "box-word" : undefined}
        onChange={({ currentTarget }) => actions.looking.showBox(currentTarget.checked)}
      />
      <span>{state.words.t.stage.region.choice}</span>
    </label>
  );
}

/** Says what the box surrounds, and how well it agrees with the bird. */
export function RegionWord({ state, answer }: OfAnswer) {
  const { region: t } = state.words.t.stage;
  const { region, fit, width, height } = answer?.explained ?? {};
  if (!state.boxed || !region || !width || !height) return null;
  return (
    <p id="box-word" class="soft">
      {t.about({ share: region.area / (width * height), width: region.width, height: region.height })}
      {fit && t.fit(fit)}
    </p>
  );
}

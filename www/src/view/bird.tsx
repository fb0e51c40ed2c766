import { labelsOf, nameOf, shownAnswer } from "../current";
import type { Props } from "./props";

/** The ground truth of a drawn bird, whether the network is right, and buttons for other birds. */
export function Truth({ state, actions }: Props) {
  const { picture, parts, words } = state;
  const { bird: t } = words.t.stage;
  const bird = picture?.bird;
  if (picture && !bird) return null;
  const { species: name = "" } = bird ?? {};
  const species = state.species.find((one) => one.name === name);
  const first = shownAnswer(state)?.ranked[0];
  const said = first && nameOf(state, first.index);
  return (
    <div id="truth" data-waiting={!bird}>
      <p>
        <strong id="bird-name">{bird && t.name(bird)}</strong>{" "}
        {/* Only a network that knows the species can be right or wrong about it. */}
        <span
          id="verdict"
          hidden={labelsOf(state)?.names.includes(name) === false}
          data-waiting={said === undefined}
          data-right={said === name}
        >
          {said === undefined ? "\u00a0" : said === name ? t.right : t.wrong(said)}
        </span>
      </p>
      <p id="differs" class="soft">
        {species && t.differs({ nearest: species.nearest, parts: species.deciding })}
      </p>
      <div class="row">
        <button id="draw" type="button" class="main" onClick={() => actions.showing.drawBird()}>
          {t.draw}
        </button>
        <button id="draw-same" type="button" onClick={() => actions.showing.drawBird(bird?.species)}>
          {t.another(name)}
        </button>
        <label class="check">
          <input
            id="show-parts"
            type="checkbox"
            checked={parts}
            autocomplete="off"
            onChange={({ currentTarget }) => actions.showing.outline(currentTarget.checked)}
          />
          <span>{t.showParts}</span>
        </label>
      </div>
      <p id="parts-word" class="soft" hidden={!parts}>
        {species && t.parts(species.deciding)}
      </p>
    </div>
  );
}

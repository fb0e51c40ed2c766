import type { Species } from "c3lrp";
import { labelsOf, type State, shownAnswer } from "../state";
import { className } from "../words/names";
import type { Props } from "./props";

/** What is known to be true of a drawn bird, whether the network found it, and the way to other birds. */
export function Truth({ state, actions }: Props) {
  const { picture, parts, words } = state;
  const { bird: t } = words.t.stage;
  const bird = picture?.bird;
  if (picture && !bird) return null;
  const species: Species | undefined = state.species.find(({ name }) => name === bird?.species);
  return (
    <div id="truth" data-waiting={!bird}>
      <p>
        <strong id="bird-name">{bird && t.name(bird)}</strong> <Verdict state={state} />
      </p>
      <p id="differs" class="soft">
        {species && t.differs({ nearest: species.nearest, parts: species.deciding })}
      </p>
      <div class="row">
        <button id="draw" type="button" class="main" onClick={() => actions.drawBird()}>
          {t.draw}
        </button>
        <button id="draw-same" type="button" onClick={() => actions.drawBird(bird?.species)}>
          {t.another(bird?.species ?? "")}
        </button>
        <label class="check">
          <input
            id="show-parts"
            type="checkbox"
            checked={parts}
            autocomplete="off"
            onChange={({ currentTarget }) => actions.showParts(currentTarget.checked)}
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

/** Only a network that knows the species can be right or wrong about it. */
function Verdict({ state }: { readonly state: State }) {
  const { words, picture } = state;
  const labels = labelsOf(state);
  const { species = "" } = picture?.bird ?? {};
  const first = shownAnswer(state)?.ranked[0];
  const said = first && className(words, labels, first.index);
  return (
    <span
      id="verdict"
      hidden={labels?.names.includes(species) === false}
      data-waiting={said === undefined}
      data-right={said === species}
    >
      {said === undefined
        ? "\u00a0"
        : said === species
          ? words.t.stage.bird.right
          : words.t.stage.bird.wrong(said)}
    </span>
  );
}

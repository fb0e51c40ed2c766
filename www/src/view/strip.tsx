import type { Layer } from "c3lrp/client";
import { useLayoutEffect, useRef } from "preact/hooks";
import { layerColours } from "../colours";
import { innerLayer, isOld, shownAnswer } from "../current";
import { layerWords } from "../layers";
import { methodTitle } from "../methods";
import { PICTURE, type State } from "../state";
import { Pixels } from "./canvas";
import type { Props } from "./props";
import { Why } from "./why";

/** A sum below this share of the start counts as a loss, and one as far above it as a gain. */
const KEPT = 0.995;
/** A map with more cells per side than this is smoothed in its thumbnail. */
const COARSE = 28;

/** Relevance on its way from the class to the picture: a thumbnail for every boundary, one of them enlarged. */
export function Strip(props: Props) {
  const { state, actions } = props;
  const { layer, playing } = state;
  const { strip: t } = state.words.t.stage;
  const answer = shownAnswer(state);
  const layers = answer?.explained.boundaries ?? [];
  const none = layers.length === 0;
  const [start, end] = [layers[0]?.sum ?? 0, layers.at(-1)?.sum ?? 0];
  const share = end / start;
  const arrives = { start, end, share, part: share > 0 && share < 2 - KEPT };
  const rail = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // It starts at the class, and then follows the chosen boundary.
    const chosen = rail.current?.querySelector<HTMLElement>("label:has(:checked)");
    if (!rail.current || !chosen || (layer === PICTURE && !playing)) return;
    rail.current.scrollTo({ left: chosen.offsetLeft - (rail.current.clientWidth - chosen.clientWidth) / 2 });
  }, [layer, playing]);
  return (
    <div id="strip" data-waiting={!answer} data-stale={isOld(state)}>
      <div class="head">
        <h3 id="strip-title">{t.title}</h3>
        <button
          id="play"
          type="button"
          aria-describedby="strip-word"
          hidden={none}
          onClick={actions.looking.play}
        >
          {playing ? t.stop : t.play}
        </button>
      </div>
      <div id="rail" ref={rail} role="radiogroup" aria-labelledby="strip-title" hidden={none}>
        {grouped(state, layers).map(({ group, members }) => (
          <div key={members[0]?.name} class="stage" style={{ "--stops": members.length }}>
            <span class="title" aria-hidden="true">
              {group}
            </span>
            {members.map((member) => (
              <Stop key={member.name} {...props} layer={member} />
            ))}
          </div>
        ))}
      </div>
      <div class="said">
        <p id="strip-word" class="soft">
          {answer && (none ? t.none(methodTitle(answer.question.method.name)) : t.arrives(arrives))}
        </p>
        {!none && share < KEPT && <Why label={t.lost}>{t.why}</Why>}
        {!none && share > 2 - KEPT && <Why label={t.gained}>{t.whyMore}</Why>}
      </div>
    </div>
  );
}

function Stop({ layer, state, actions }: Props & { readonly layer: Layer }) {
  const { name, width, height, sum } = layer;
  const { strip: t } = state.words.t.stage;
  const words = layerWords(state.words, name);
  return (
    <label title={t.tip({ title: words.title, width, height })}>
      <input
        type="radio"
        name="layer"
        value={name}
        checked={name === (innerLayer(state)?.name ?? PICTURE)}
        autocomplete="off"
        aria-label={t.thumbnail({ layer: words.name, width, height, sum })}
        onChange={() => actions.looking.showLayer(name)}
        onClick={() => {
          // A second click goes back to the pixels.
          if (state.layer === name && !state.playing) actions.looking.showLayer(PICTURE);
        }}
      />
      <Pixels
        pixels={layerColours(layer, state.scale)}
        size={layer}
        data-crisp={width <= COARSE}
        aria-hidden="true"
      />
      <span class="short">{words.short}</span>
      <span class="sum">{state.words.f.shortFigure(sum)}</span>
    </label>
  );
}

/** Boundaries of a stage stand together under its name. */
function grouped({ words }: State, layers: readonly Layer[]): { group: string; members: Layer[] }[] {
  const groups: { group: string; members: Layer[] }[] = [];
  for (const layer of layers) {
    const { group } = layerWords(words, layer.name);
    const last = groups.at(-1);
    if (last?.group === group) last.members.push(layer);
    else groups.push({ group, members: [layer] });
  }
  return groups;
}

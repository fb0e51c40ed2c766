import { mayFetch } from "../policy";
import { asksForNetwork, knowsBirds, shownAnswer } from "../state";
import { NetworkCard } from "./network-card";
import type { Props } from "./props";

/**
 * A photograph while only drawn birds are known: the networks for photographs stand where the answer would be, and
 * a bird is named only if the person wants that all the same.
 */
export function Ask(props: Props) {
  const { state, actions } = props;
  if (!asksForNetwork(state)) return null;
  const { ask: t } = state.words.t.stage;
  const offered = state.entries.filter(({ bundled, url }) => !bundled && mayFetch(url, location.href));
  // What is here already costs nothing; else the smallest costs least.
  const first = offered.find(({ id }) => state.kept[id]?.complete) ?? offered[0];
  return (
    <div id="ask">
      <p>{t.text(<span id="ask-name">{state.model?.name(state.words)}</span>)}</p>
      <ul id="ask-cards" aria-label={t.networks}>
        {offered.map((entry) => (
          <NetworkCard key={entry.id} {...props} entry={entry} place="ask" main={entry === first} />
        ))}
      </ul>
      <p>
        <button id="ask-anyway" type="button" class="link" onClick={() => actions.insist(true)}>
          {t.anyway}
        </button>
      </p>
    </div>
  );
}

/** Says of an answer to a photograph that the network knows nothing but birds. */
export function Stranger({ state, actions }: Props) {
  if (!shownAnswer(state) || state.picture?.bird || !knowsBirds(state)) return null;
  const { ask: t } = state.words.t.stage;
  return (
    <p id="stranger">
      {t.stranger}{" "}
      <button id="stranger-ask" type="button" class="link" onClick={() => actions.insist(false)}>
        {t.choose}
      </button>
    </p>
  );
}

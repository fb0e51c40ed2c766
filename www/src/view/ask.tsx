import { asksForNetwork, knowsBirds, shownAnswer } from "../current";
import { mayFetch } from "../policy";
import { NetworkCard } from "./network-card";
import type { Props } from "./props";

/**
 * Shown for a photograph if the network knows only drawn birds: offers networks for photographs instead of an answer;
 * the bird network answers only if the person wants it to.
 */
export function Ask(props: Props) {
  const { state, actions } = props;
  if (!asksForNetwork(state)) return null;
  const { ask: t } = state.words.t.stage;
  const offered = state.entries.filter(({ bundled, url }) => !bundled && mayFetch(url, location.href));
  // A network that is already here costs nothing; otherwise the smallest is the cheapest.
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
        <button id="ask-anyway" type="button" class="link" onClick={() => actions.showing.insist(true)}>
          {t.anyway}
        </button>
      </p>
    </div>
  );
}

/** Warns, with an answer to a photograph, that the network knows only birds. */
export function BirdsOnly({ state, actions }: Props) {
  if (!shownAnswer(state) || state.picture?.bird || !knowsBirds(state)) return null;
  const { ask: t } = state.words.t.stage;
  return (
    <p id="stranger">
      {t.stranger}{" "}
      <button id="stranger-ask" type="button" class="link" onClick={() => actions.showing.insist(false)}>
        {t.choose}
      </button>
    </p>
  );
}

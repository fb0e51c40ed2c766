import { layerWords } from "../layers";
import { conceptsAsked, isOld, nameOf, shownConcept } from "../state";
import { Pixels } from "./canvas";
import type { Props } from "./props";
import { Why } from "./why";

/** The channels of the layer that is shown to which the class owes most, each with what it found in the picture. */
export function Concepts({ state, actions }: Props) {
  const asked = conceptsAsked(state);
  const { words, answer, running } = state;
  if (!asked || !answer || state.playing) return null;
  const { concepts: t } = words.t.stage;
  const outcome = state.concepts.get(asked.key);
  const found = outcome?.kind === "done" ? outcome.value : [];
  const chosen = shownConcept(state)?.channel;
  const { explained } = answer;
  const layer = layerWords(words, asked.layer).name;
  return (
    <div id="concepts" data-stale={isOld(state)} data-waiting={!outcome}>
      <div class="said">
        <h3 id="concepts-title">{t.title({ layer, name: nameOf(state, explained.target) })}</h3>
        <Why label={t.whyLabel}>{t.lesson}</Why>
      </div>
      {outcome?.kind === "failed" ? (
        <button type="button" class="link" onClick={actions.retry}>
          {words.t.work.tryAgain}
        </button>
      ) : (
        <p class="soft" hidden={outcome !== undefined}>
          {running?.key === asked.key ? t.looking : t.waits}
        </p>
      )}
      <ul aria-labelledby="concepts-title">
        {found.map(({ channel, share, colours }) => (
          <li key={channel}>
            <button
              type="button"
              class="concept"
              data-channel={channel}
              aria-pressed={channel === chosen}
              onClick={() => actions.showChannel(channel === chosen ? undefined : channel)}
            >
              <Pixels pixels={colours} size={explained} aria-hidden="true" />
              <span>{t.channel(channel)}</span>
              <span class="share">{words.f.percent(share)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

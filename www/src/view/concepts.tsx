import type { Concept } from "../atlas";
import { layerColours } from "../colours";
import { conceptsAsked, shownConcept, silenced } from "../concepts";
import { isOld, nameOf } from "../current";
import { layerWords } from "../layers";
import { Pixels } from "./canvas";
import type { Props } from "./props";
import { Why } from "./why";

/** The shown layer's channels with the most relevance: where each found something, and what it looks for. */
export function Concepts(props: Props) {
  const { state, actions } = props;
  const asked = conceptsAsked(state);
  const { words, answer, running } = state;
  if (!asked || !answer || state.playing) return null;
  const { concepts: t } = words.t.stage;
  const outcome = state.concepts.get(asked.key);
  const found = outcome?.kind === "done" ? outcome.value : [];
  const layer = layerWords(words, asked.layer).name;
  return (
    <div id="concepts" data-stale={isOld(state)} data-waiting={!outcome}>
      <div class="said">
        <h3 id="concepts-title">{t.title({ layer, name: nameOf(state, answer.explained.target) })}</h3>
        <Why label={t.whyLabel}>{t.lesson}</Why>
      </div>
      {outcome?.kind === "failed" ? (
        <button type="button" class="link" onClick={actions.retry}>
          {words.t.work.tryAgain}
        </button>
      ) : (
        <p class="soft" hidden={outcome !== undefined}>
          {running.has(asked.key) ? t.looking : t.waits}
        </p>
      )}
      <ul aria-labelledby="concepts-title" data-pictures={found.some(({ meaning }) => meaning)}>
        {found.map((concept) => (
          <Tile key={concept.channel} {...props} concept={concept} />
        ))}
      </ul>
      <WithoutChannels {...props} />
    </div>
  );
}

function Tile({ concept, state, actions }: Props & { readonly concept: Concept }) {
  const { words, answer, off } = state;
  const { concepts: t } = words.t.stage;
  const { channel, share, meaning } = concept;
  const chosen = channel === shownConcept(state)?.channel;
  return (
    <li>
      <button
        type="button"
        class="concept"
        data-channel={channel}
        data-off={off.includes(channel)}
        aria-pressed={chosen}
        onClick={() => actions.looking.showChannel(chosen ? undefined : channel)}
      >
        <span class="pictures">
          <Pixels pixels={layerColours(concept, state.scale)} size={answer?.explained} aria-hidden="true" />
          {meaning?.crops.map(({ pixels, side }, i) => (
            <Pixels key={i} pixels={pixels} size={{ width: side, height: side }} aria-hidden="true" />
          ))}
        </span>
        {meaning && <strong>{t.named(meaning)}</strong>}
        {meaning && <span>{t.held(meaning)}</span>}
        <span>{t.channel({ channel, share })}</span>
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={off.includes(channel)}
          autocomplete="off"
          onChange={({ currentTarget }) => actions.looking.switchChannel(channel, currentTarget.checked)}
        />
        <span>{t.switchOff}</span>
      </label>
    </li>
  );
}

/** The network's answer without the channels that are switched off. */
function WithoutChannels({ state, actions }: Props) {
  const { words, answer, off } = state;
  if (!answer || off.length === 0) return null;
  const { concepts: t } = words.t.stage;
  const { target, probability } = answer.explained;
  const outcome = silenced(state);
  const after = outcome?.kind === "done" ? outcome.value : undefined;
  const best = after ? after.indexOf(Math.max(...after)) : target;
  return (
    <p id="silenced" aria-live="polite">
      {outcome?.kind === "failed"
        ? outcome.say(words)
        : after
          ? t.without({
              channels: off,
              name: nameOf(state, target),
              before: probability,
              after: after[target] ?? 0,
              instead: best === target ? undefined : nameOf(state, best),
            })
          : t.tries}{" "}
      <button type="button" class="link" onClick={() => actions.looking.switchChannel()}>
        {t.allOn}
      </button>
    </p>
  );
}

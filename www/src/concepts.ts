import type { Outcome } from "./answer";
import type { Concept } from "./atlas";
import { innerLayer, isOld } from "./current";
import { layerKey } from "./question";
import type { State } from "./state";

/** The channels that are asked for: those of the shown layer; undefined if it has none. */
export function conceptsAsked(state: State): { readonly key: string; readonly layer: string } | undefined {
  const { answer, layer } = state;
  // The class boundary has no channels, and an outdated answer is not examined.
  if (!answer || !innerLayer(state) || layer === "fc" || isOld(state)) return undefined;
  return { key: layerKey(answer.named, layer), layer };
}

/** The channel whose own map is shown in place of the layer's. */
export function shownConcept(state: State): Concept | undefined {
  const asked = conceptsAsked(state);
  const outcome = asked && state.concepts.get(asked.key);
  return outcome?.kind === "done"
    ? outcome.value.find(({ channel }) => channel === state.channel)
    : undefined;
}

/** The question without the channels that are switched off; undefined if none are. */
export function withoutChannelsAsked(
  state: State,
): { readonly key: string; readonly layer: string } | undefined {
  const asked = conceptsAsked(state);
  if (!asked || state.off.length === 0) return undefined;
  return { ...asked, key: JSON.stringify([asked.key, ...[...state.off].sort((a, b) => a - b)]) };
}

/** Each class's probability without the channels that are switched off, once known. */
export function silenced(state: State): Outcome<Float32Array> | undefined {
  const asked = withoutChannelsAsked(state);
  return asked && state.silenced.get(asked.key);
}

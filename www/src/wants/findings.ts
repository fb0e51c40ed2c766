import type { Engine } from "c3lrp/client";
import { answerKey, put } from "../answer";
import { type Draw, meanings } from "../atlas";
import { drawing } from "../bird";
import { conceptsAsked, withoutChannelsAsked } from "../concepts";
import type { Want } from "../desk";
import { saying } from "../errors";
import { partsAsked } from "../parting";
import { asked } from "../question";
import { saveArrays } from "../saving/save";
import type { State } from "../state";
import { failing, ready, URGENCY } from "./want";

/** Finds the channels of the shown layer; not while the layers are played. */
export function concepts(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [conceptsAsked(state), ready(state)];
  if (!asks || !on || state.playing || !state.answer || state.concepts.has(asks.key)) return undefined;
  const { key, layer } = asks;
  const { named } = state.answer;
  const draw: Draw = async (number, seed, tagged) => {
    const { name: species = "" } = state.species[number] ?? {};
    return (await engine.beside("draw", { bird: { species, seed, ...(tagged ? { tag: species } : {}) } }))
      .bird;
  };
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      // The maps are needed for colours other than the library's.
      const ask = { layer, options: asked(named), maps: true };
      const { concepts: found } = await engine.about("concepts", on, named.picture, ask, following);
      const channels = found.map(({ channel }) => channel);
      const atlas = state.network?.entry?.atlas;
      const known = atlas ? await meanings(atlas, layer, channels, draw) : undefined;
      const value = found.map((one) => ({ ...one, meaning: known?.get(one.channel) }));
      return (now) => ({ concepts: put(now.concepts, key, { kind: "done", value }) });
    },
    failed: failing("concepts", key, "settings"),
  };
}

/** Runs the network without the channels that are switched off. */
export function silence(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [withoutChannelsAsked(state), ready(state)];
  if (!asks || !on || !state.answer || state.silenced.has(asks.key)) return undefined;
  const { key, layer } = asks;
  const { picture, fit } = state.answer.named;
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { fit, layer, channels: state.off };
      const { probabilities } = await engine.about("without", on, picture, ask, following);
      return (now) => ({ silenced: put(now.silenced, key, { kind: "done", value: probabilities }) });
    },
    failed: failing("silenced", key, "settings"),
  };
}

/** Measures the importance of the bird's parts. */
export function parting(engine: Engine, state: State): Want | undefined {
  const [asks, on] = [partsAsked(state), ready(state)];
  if (!asks || !on || state.parted.has(asks.key)) return undefined;
  const { key, named, answer } = asks;
  const { picture, fit, target = answer.explained.target, against } = answer.named;
  const { bird } = picture;
  if (!bird) return undefined;
  return {
    key,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { fit, bird: drawing(bird), map: answer.explained.map, target, against };
      const { parted } = await engine.about("parted", on, picture, ask, following);
      const outcome = { kind: "done", value: parted } as const;
      return (now) => ({ parted: put(put(now.parted, named, outcome), key, outcome) });
    },
    failed: failing("parted", key, "settings"),
  };
}

/** Computes the relevance per channel, which is kept nowhere, for saving arrays. */
export function arrays(engine: Engine, state: State): Want | undefined {
  const { saving } = state;
  const on = ready(state);
  if (!saving || !on) return undefined;
  return {
    key: `arrays ${answerKey(saving)}`,
    urgency: URGENCY.card,
    run: async (following) => {
      const ask = { options: asked(saving.named) };
      const { relevance } = await engine.about("relevance", on, saving.named.picture, ask, following);
      saveArrays(state, saving, relevance);
      return () => ({ saving: undefined });
    },
    failed: (error) => ({ saving: undefined, notice: { kind: "error", say: saying(error) } }),
  };
}

import { OWN, type View } from "./link";
import { PICTURE, type State } from "./state";
import type { KeptBack } from "./words/en/link";

/** The part of the current view that a link can hold. */
export function viewOf(state: State): View {
  const { settings, network, picture, bird, comparison, judgement } = state;
  const { target, against, method, filter, fit } = settings;
  const { layer, channel, off } = state;
  const lesson = bird && state.tag !== "own";
  const view: View = {
    ...(bird
      ? { species: bird.species, seed: bird.seed, ...(bird.without?.length ? { without: bird.without } : {}) }
      : picture?.sample !== undefined
        ? { sample: picture.sample }
        : { photo: OWN }),
    ...(lesson ? { tag: state.tag } : {}),
    network: network?.entry?.id ?? OWN,
    ...(picture && !bird && state.insisted === picture ? { anyway: true } : {}),
    ...(target === undefined ? {} : { target }),
    ...(against === undefined ? {} : { against }),
    method,
    filter,
    ...(fit === undefined ? {} : { fit }),
    ...(layer === PICTURE ? {} : { layer }),
    ...(channel === undefined ? {} : { channel }),
    ...(off.length > 0 ? { off } : {}),
    opacity: Math.round(100 * state.opacity),
    ...(state.parts ? { outlines: true } : {}),
    ...(state.parting ? { parting: true } : {}),
  };
  const { picked, shows, common, masks } = comparison;
  const { judge, baselines, chosen, point } = judgement;
  return {
    ...view,
    ...(comparison.open
      ? {
          compare: picked,
          shows,
          ...(common ? { common } : {}),
          ...(masks === undefined ? {} : { masks }),
        }
      : {}),
    ...(judgement.open
      ? {
          judge: judge.protocol,
          ties: judge.ties,
          ...(baselines ? { baselines } : {}),
          ...(chosen === undefined ? {} : { chosen }),
          point,
        }
      : {}),
  };
}

/** The parts of the view that stay on this device when the link is shared. */
export function keptBack({ picture, bird, network }: State): readonly KeptBack[] {
  const own = picture !== undefined && !bird && picture.sample === undefined;
  const read = network?.altered === true || Object.keys(network?.reading ?? {}).length > 0;
  return [
    ...(own ? (["photo"] as const) : picture?.painted === undefined ? [] : (["paint"] as const)),
    ...(network && !network.entry ? (["network"] as const) : read ? (["reading"] as const) : []),
  ];
}

import {
  asking,
  asksForNetwork,
  isBusy,
  isLive,
  isOld,
  loading,
  nameOf,
  pictureComing,
  shownAnswer,
} from "../current";
import { shortName } from "../labels";
import { liveHeadline } from "./camera";
import type { Props } from "./props";

/** The answer, or what the page is waiting for. */
export const Headline = ({ state }: Pick<Props, "state">) => (
  <h2 id="headline" tabIndex={-1} data-stale={isOld(state) && !isLive(state)}>
    {headline({ state })}
  </h2>
);

function headline({ state }: Pick<Props, "state">): string {
  const { words, picture, network, awaited } = state;
  const { headline: t } = words.t.stage;
  if (isLive(state)) return liveHeadline(state);
  if (!picture) return pictureComing(state) ? t.drawing : t.choose;
  if (asksForNetwork(state)) return t.network;
  const called = (target: number): string => shortName(nameOf(state, target));
  const answer = shownAnswer(state);
  const { target = answer?.explained.target, against } = state.settings;
  const busy = isBusy(state);
  // Another map of the same class has the same headline.
  const same = target === answer?.explained.target && against === answer?.named.against;
  if (answer && !loading(state) && (!busy || same)) {
    const { explained, ranked } = answer;
    const said = { name: called(explained.target), share: explained.probability };
    const held = answer.named.against;
    if (held !== undefined) {
      const { why, rest } = words.t.stage.contrast;
      return why({ ...said, other: held === "rest" ? rest : called(held) });
    }
    return ranked[0]?.index === explained.target ? t.sees(said) : t.speaks(said);
  }
  if (!busy) return network ? t.unexplained : t.chooseNetwork;
  if (!asking(state) && (loading(state) || awaited !== undefined)) return t.preparing;
  return target === undefined ? t.looking : t.explaining(called(target));
}

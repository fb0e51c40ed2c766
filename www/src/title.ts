import { shownAnswer, subjectOf } from "./current";
import { shortName } from "./labels";
import { methodTitle } from "./methods";
import type { State } from "./state";

/** The page's title: the answer and the method; the page's own name without an answer. */
export function titleOf(state: State): string {
  const { t } = state.words;
  const answer = shownAnswer(state);
  if (!answer) return t.stage.title;
  const { explained, named } = answer;
  return t.stage.titled({
    name: shortName(subjectOf(state, answer)),
    share: explained.probability,
    method: methodTitle(named.method.name),
  });
}

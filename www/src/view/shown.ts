import type { Answer } from "../answer";
import { asksForNetwork, type State } from "../state";

/** The answer, where it is about the picture that is shown. */
export function shownAnswer(state: State): Answer | undefined {
  const { answer, picture } = state;
  return answer?.question.picture === picture && !asksForNetwork(state) ? answer : undefined;
}

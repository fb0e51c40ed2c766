import type { Answer, Outcome } from "./answer";
import { isOld } from "./current";
import { type Question, questionKey } from "./question";
import type { State } from "./state";

/** A class of a contrast, explained alone. */
export interface Single {
  readonly target: number;
  readonly question: Question;
  readonly outcome: Outcome<Answer> | undefined;
}

/** The explained class and the class it is set against, each alone; not for RISE, which would take a minute for each. */
export function singles({ answer, outcomes }: State): Single[] {
  if (!answer) return [];
  const { against, ...alone } = answer.named;
  if (typeof against !== "number" || alone.method.name === "rise") return [];
  return [answer.explained.target, against].map((target) => {
    const question = { ...alone, target };
    return { target, question, outcome: outcomes.get(questionKey(question)) };
  });
}

/** The next class to explain alone. */
export const missingSingle = (state: State): Single | undefined =>
  isOld(state) ? undefined : singles(state).find(({ outcome }) => !outcome);

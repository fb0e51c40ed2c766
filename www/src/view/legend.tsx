import { LEGEND } from "c3lrp/client";
import { shortName } from "../labels";
import { nameOf, type State } from "../state";
import { Pixels } from "./canvas";

interface LegendProps {
  readonly id: string;
  readonly state: State;
  readonly hidden: boolean;
}

/** What the colours of a map mean. */
export function Legend({ id, state, hidden }: LegendProps) {
  const { words, answer } = state;
  const t = words.t.stage.figures;
  const against = answer?.named.against;
  const named = (index: number): string => shortName(nameOf(state, index));
  return (
    <span id={id} class="legend" hidden={hidden}>
      <span>{typeof against === "number" ? named(against) : t.against}</span>
      <Pixels
        id={`${id}-bar`}
        role="img"
        aria-label={t.legend}
        pixels={answer?.explained.legend}
        size={{ width: LEGEND, height: 1 }}
      />
      <span>{answer && typeof against === "number" ? named(answer.explained.target) : t.for}</span>
    </span>
  );
}

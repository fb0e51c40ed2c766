import { LEGEND } from "c3lrp/client";
import { legendColours } from "../colours";
import { nameOf } from "../current";
import { shortName } from "../labels";
import type { State } from "../state";
import { Pixels } from "./canvas";

interface LegendProps {
  readonly id: string;
  readonly state: State;
  /** The magnitude with the full colour, if it is the same for all maps of the legend. */
  readonly full: number | undefined;
  readonly hidden: boolean;
}

/** What the colours of a map mean. */
export function Legend({ id, state, full, hidden }: LegendProps) {
  const { words, answer, scale } = state;
  const t = words.t.stage.figures;
  const against = answer?.named.against;
  const named = (index: number): string => shortName(nameOf(state, index));
  return (
    <span id={id} class="legend" hidden={hidden}>
      <span>{typeof against === "number" ? named(against) : t.against}</span>
      <Pixels
        id={`${id}-bar`}
        role="img"
        aria-label={words.t.closer.legend[scale]}
        pixels={answer && (scale === "red-blue" ? answer.explained.legend : legendColours(scale))}
        size={{ width: LEGEND, height: 1 }}
      />
      <span>{answer && typeof against === "number" ? named(answer.explained.target) : t.for}</span>
      {full !== undefined && <b title={words.t.closer.limit(full)}>±{words.f.figure(full)}</b>}
    </span>
  );
}

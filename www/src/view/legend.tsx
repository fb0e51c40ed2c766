import { LEGEND } from "../protocol";
import type { State } from "../state";
import { Pixels } from "./canvas";

interface LegendProps {
  readonly id: string;
  readonly state: State;
  readonly hidden: boolean;
}

/** What the colours of a map mean. */
export function Legend({ id, state: { words, answer }, hidden }: LegendProps) {
  const t = words.t.stage.figures;
  return (
    <span id={id} class="legend" hidden={hidden}>
      <span>{t.against}</span>
      <Pixels
        id={`${id}-bar`}
        role="img"
        aria-label={t.legend}
        pixels={answer?.explained.legend}
        size={{ width: LEGEND, height: 1 }}
      />
      <span>{t.for}</span>
    </span>
  );
}

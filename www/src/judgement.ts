import type { Faithfulness, MethodName, Plan } from "c3lrp";
import type { Answer } from "./answer";
import { methodTitle } from "./methods";
import type { Words } from "./words/words";

/** The faithfulness section: insertion and deletion of the shown maps. */
export interface Judgement {
  readonly open: boolean;
  readonly judge: CurveSettings;
  /** Whether baselines are measured beside them. */
  readonly baselines: boolean;
  /** Whether the rest is cancelled. */
  readonly halted: boolean;
  /** The map whose pictures are shown; by default the main view's. */
  readonly chosen?: string | undefined;
  /** The selected point of the curves. */
  readonly point: number;
}

/** A map that can be measured: an answer's, or a baseline. */
export interface Candidate {
  /** The key of its measurements. */
  readonly key: string;
  /** Its name in the page's lists: a method's, with "/default" for a card beside the method with other options, or a baseline's. */
  readonly id: string;
  readonly baseline: boolean;
  readonly map: Float32Array;
  /** The answer that gives the picture, network, class and fit. */
  readonly of: Answer;
}

/** Insertion and deletion of a map. */
export type Curves = Faithfulness;

/** How insertion and deletion are measured; the library chooses the points. */
export interface CurveSettings {
  readonly protocol: "paper" | "rise" | "patch";
  readonly ties: NonNullable<Plan["ties"]>;
}

/** The key of a map's measurement. */
export const curvesKey = (map: string, { protocol, ties }: CurveSettings): string =>
  JSON.stringify([map, protocol, ties]);

/** The title of a measured map, by its candidate's id. */
export function mapTitle({ t }: Words, id: string): string {
  const { baselines, byDefault } = t.measuring;
  if (id === "uniform" || id === "gaussian") return baselines[id];
  const [name, standard] = id.split("/");
  const title = methodTitle(name as MethodName);
  return standard === undefined ? title : byDefault(title);
}

/** A point early on the curve, where maps differ most. */
const FIRST_POINT = 5;

/** The section as the page opens. */
export const FIRST_JUDGEMENT: Judgement = {
  open: false,
  judge: { protocol: "paper", ties: "stable" },
  baselines: false,
  halted: false,
  point: FIRST_POINT,
};

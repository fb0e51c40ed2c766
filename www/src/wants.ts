import type { Engine } from "c3lrp/client";
import { showsFirstLook } from "./current";
import type { Want } from "./desk";
import type { ModelEntry } from "./models";
import type { State } from "./state";
import { judgement } from "./wants/curves";
import { comparison, question, single } from "./wants/explanation";
import { arrays, concepts, parting, silence } from "./wants/findings";
import { changeOver, load } from "./wants/network";
import { bird, catalogue, lookalike, thumbnail } from "./wants/picture";
import { batch, live } from "./wants/series";

/** The work that a state needs from the engine. Work with an outcome, also a failed one, is not repeated. */
export const wantsOf =
  (engine: Engine, spoiled: (entry: ModelEntry) => void) =>
  (state: State): readonly Want[] =>
    [
      ...[catalogue, bird, lookalike, load, live, question],
      ...(showsFirstLook(state) ? [] : [arrays, single, concepts, silence, parting, comparison, judgement]),
      ...[batch, thumbnail, changeOver],
    ].flatMap((want) => want(engine, state, spoiled) ?? []);

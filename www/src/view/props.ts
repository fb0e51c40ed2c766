import type { Controller } from "../controller";
import type { State } from "../state";

/** What every part of the page is drawn from, and what it can do: the views call these actions and nothing else. */
export interface Props {
  readonly state: State;
  readonly actions: Omit<Controller, "open" | "store">;
}

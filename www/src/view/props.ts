import type { Actions } from "../actions";
import type { State } from "../state";

/** What every part of the page is drawn from, and what it can do. */
export interface Props {
  readonly state: State;
  readonly actions: Actions;
}

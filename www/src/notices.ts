import type { State, Topic } from "./state";

/**
 * A change after which something else is asked: earlier messages are removed; errors stay, unless their subject is tried
 * again.
 */
export function asksAnew({ notice }: State, change: Partial<State>, about?: Topic): Partial<State> {
  const word = notice?.kind === "word" && !notice.choices;
  const read = word || (notice?.about !== undefined && notice.about === about);
  return { ...(read ? { notice: undefined } : {}), ...change };
}

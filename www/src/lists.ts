/** A list with an element appended, or without it. */
export function withOne<T>(list: readonly T[], one: T, on: boolean): readonly T[] {
  const others = list.filter((other) => other !== one);
  return on ? [...others, one] : others;
}

/** The choices of a catalogue, in its order, as segments and menus take them. */
export const choicesOf = <Value extends string>(words: Readonly<Record<Value, string>>) =>
  Object.entries(words) as [Value, string][];

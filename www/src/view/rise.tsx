import { useState } from "preact/hooks";
import type { Props } from "./props";

/** The most masks: each is a forward pass, and more would take hours. */
const MOST = 100_000;

/** The number of RISE's masks, and a form to change it. */
export function RiseForm({ state, actions }: Props) {
  const { words, comparison, minuteMasks, answer } = state;
  const [typed, type] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const t = words.t.measuring.rise;
  const minute = answer && minuteMasks[answer.named.network];
  const text = typed ?? `${comparison.masks ?? minute ?? ""}`;
  const run = (event: Event): void => {
    event.preventDefault();
    const masks = Number(text);
    const empty = text.trim() === "";
    const good = empty || (Number.isInteger(masks) && masks >= 1 && masks <= MOST);
    setWrong(!good);
    if (!good) {
      actions.telling.complain(({ t }) => t.measuring.rise.wrong(MOST), "comparison");
      return;
    }
    type(undefined);
    actions.comparing.rise(empty || masks === minute ? undefined : masks);
  };
  const unasked = minute === undefined ? t.unknown : t.minute(minute);
  return (
    <form class="rise soft" onSubmit={run}>
      <p class="masks-word">{comparison.masks === undefined ? unasked : t.chosen(comparison.masks)}</p>
      <div class="row">
        <input
          class="masks"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          aria-label={t.masks}
          aria-invalid={wrong}
          value={text}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
        <button class="run" type="submit" aria-label={t.runRise}>
          {t.run}
        </button>
      </div>
    </form>
  );
}

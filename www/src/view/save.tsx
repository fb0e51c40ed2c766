import { useRef } from "preact/hooks";
import { candidates } from "../compared";
import { isOld, shownAnswer } from "../current";
import type { Format } from "../saving/save";
import type { Props } from "./props";

/** The menu's formats, in groups. */
const GROUPS: readonly (readonly ["pictures" | "numbers", readonly Format[]])[] = [
  ["pictures", ["both", "over", "map", "report"]],
  ["numbers", ["arrays", "record", "comparison"]],
];

/** A menu of what can be saved. */
export function Save({ state, actions }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const t = state.words.t.saving;
  const answer = shownAnswer(state);
  const compared = candidates(state).length > 1;
  const close = (): void => {
    menu.current?.removeAttribute("open");
    menu.current?.querySelector("summary")?.focus();
  };
  const pick = (format: Format): void => {
    close();
    actions.save(format);
  };
  return (
    <details
      id="save"
      ref={menu}
      onKeyDown={(event) => event.key === "Escape" && close()}
      onFocusOut={({ relatedTarget }) => {
        // Closes when the focus goes elsewhere, but not after a click on something that takes no focus.
        if (relatedTarget instanceof Node && !menu.current?.contains(relatedTarget))
          menu.current?.removeAttribute("open");
      }}
    >
      <summary id="save-open">{t.open}</summary>
      <div id="save-menu">
        {GROUPS.map(([group, formats]) => (
          <fieldset key={group}>
            <legend>{t[group]}</legend>
            {formats.map((format) => (
              <button
                key={format}
                id={`save-${format}`}
                type="button"
                disabled={!answer || isOld(state) || (format === "comparison" && !compared)}
                onClick={() => pick(format)}
              >
                <span>{t.formats[format]}</span>
                <span class="kind">{t.kinds[format]}</span>
              </button>
            ))}
          </fieldset>
        ))}
        <p id="save-word" class="soft">
          {t.stays}
        </p>
      </div>
    </details>
  );
}

import type { RenderableProps } from "preact";

/** The exact explanation behind a plain statement; the label is for people who can't see its question mark. */
export function Why({ label, children }: RenderableProps<{ readonly label: string }>) {
  return (
    <details class="why">
      <summary aria-label={label} title={label}>
        ?
      </summary>
      <p>{children}</p>
    </details>
  );
}

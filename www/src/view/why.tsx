import type { RenderableProps } from "preact";

/** The exact statement behind a plain one; the label is for those who don't see its question mark beside that. */
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

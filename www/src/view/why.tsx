import type { ComponentChildren } from "preact";

interface WhyProps {
  /** What it tells, for those who don't see the question mark beside its text. */
  readonly label: string;
  readonly children: ComponentChildren;
}

/** The exact statement behind a plain one. */
export function Why({ label, children }: WhyProps) {
  return (
    <details class="why">
      <summary aria-label={label} title={label}>
        ?
      </summary>
      <p>{children}</p>
    </details>
  );
}

import { useLayoutEffect } from "preact/hooks";

/** Where the focus goes inside a section whose focused control is gone. */
const HEADING = "h1, h2, h3";

/**
 * Keeps the focus on the page when the focused element disappears: moves it to the element named by `data-then`, or to
 * the heading of the nearest remaining section. To be called in the root component.
 */
export function useFocusKept(): void {
  const held = document.activeElement;
  const around: Element[] = [];
  for (let at = held?.parentElement; at; at = at.parentElement) around.push(at);
  useLayoutEffect(() => {
    if (!(held instanceof HTMLElement) || held === document.body || seen(held)) return;
    const now = document.activeElement;
    if (now !== held && now !== document.body) return;
    const led = held.dataset.then === undefined ? null : document.getElementById(held.dataset.then);
    const headings = around.filter(seen).flatMap((part) => [...part.querySelectorAll<HTMLElement>(HEADING)]);
    const next = led && seen(led) ? led : headings.find(seen);
    if (!next) return;
    if (next.tabIndex < 0) next.tabIndex = -1;
    next.focus({ preventScroll: led === null });
  });
}

const seen = (node: Element): boolean =>
  node.isConnected && node.checkVisibility({ visibilityProperty: true });

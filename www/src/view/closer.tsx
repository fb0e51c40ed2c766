import type { HTMLAttributes } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Lens, lens, type Part, STEP } from "../closer";
import { shownAnswer, visiblePartOf } from "../current";
import type { Spot } from "../easel";
import type { Props } from "./props";

/** How much a wheel's step changes the size. */
const WHEEL = 0.01;

type Pointer = PointerEvent & { readonly currentTarget: HTMLElement };

/** Enlarges what lies in a figure's frame. */
export const enlarged = ({ zoom, left, top }: Lens) => ({
  transform: zoom === 1 ? "" : `translate(${100 * left}%, ${100 * top}%) scale(${zoom})`,
});

/** Handlers that zoom and pan a figure: the wheel with Ctrl, two fingers, keys, or dragging. */
export function useZoom(part: Part, { state, actions }: Props): HTMLAttributes<HTMLDivElement> {
  const frame = useRef<HTMLDivElement>(null);
  const down = useRef(new Map<number, Spot>());
  const { zoom } = lens(visiblePartOf(state), part);
  const painting = state.easel !== undefined;
  const { looking } = actions;
  const now = useRef({ part, painting });
  now.current = { part, painting };
  const spot = ({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">): Spot => {
    const box = frame.current?.getBoundingClientRect();
    return box
      ? { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height }
      : { x: 0, y: 0 };
  };
  useEffect(() => {
    const element = frame.current;
    // The wheel alone scrolls the page; with Ctrl it zooms, and a trackpad's pinch arrives as that too.
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey || now.current.painting) return;
      event.preventDefault();
      const factor = Math.min(STEP, Math.max(1 / STEP, Math.exp(-event.deltaY * WHEEL)));
      looking.zoom(factor, now.current.part, spot(event));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [looking]);
  const lift = ({ pointerId }: Pointer): void => void down.current.delete(pointerId);
  return {
    ref: frame,
    onPointerDown: (event: Pointer) => {
      const { target, pointerId } = event;
      // While painting, the pointer belongs to the brush; on a button, to the button.
      if (painting || event.button !== 0 || !(target instanceof Element)) return;
      if (target.closest("button, input")) return;
      if (!target.hasPointerCapture(pointerId)) target.setPointerCapture(pointerId);
      down.current.set(pointerId, spot(event));
    },
    onPointerMove: (event: Pointer) => {
      const from = down.current.get(event.pointerId);
      if (!from || painting) return;
      const to = spot(event);
      const [other] = [...down.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      down.current.set(event.pointerId, to);
      if (other) {
        const [before, after] = [apart(from, other), apart(to, other)];
        if (before > 0 && after > 0) looking.zoom(after / before, part, middle(from, other));
        looking.pan((to.x - from.x) / 2, (to.y - from.y) / 2, part);
      } else if (zoom > 1) {
        looking.pan(to.x - from.x, to.y - from.y, part);
      }
    },
    onPointerUp: lift,
    onPointerCancel: lift,
    onDblClick: (event) => {
      if (painting || (event.target instanceof Element && event.target.closest("button, input"))) return;
      looking.zoom(event.shiftKey ? 1 / STEP ** 2 : STEP ** 2, part, spot(event));
    },
    onKeyDown: ({ key, ctrlKey, metaKey, altKey }) => {
      if (ctrlKey || metaKey || altKey) return;
      if (key === "+" || key === "=") looking.larger();
      else if (key === "-") looking.smaller();
      else if (key === "0") looking.whole();
    },
  };
}

const apart = (a: Spot, b: Spot): number => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a: Spot, b: Spot): Spot => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The divider between the picture alone and the map; it is dragged, or moved with the arrow keys. */
export function Wipe({ state, actions }: Props) {
  const { wipe, words } = state;
  if (wipe === undefined) return null;
  return (
    <div id="wipe" style={{ "--at": `${100 * wipe}%` }}>
      <input
        type="range"
        min="0"
        max="100"
        value={Math.round(100 * wipe)}
        autocomplete="off"
        aria-label={words.t.closer.wipe}
        onInput={({ currentTarget }) => actions.looking.wipe(currentTarget.valueAsNumber / 100)}
      />
    </div>
  );
}

/** The buttons below the figures: smaller, larger, and the picture beside the map. */
export function Closer({ state, actions: { looking } }: Props) {
  const { words, wipe } = state;
  const { closer: t } = words.t;
  const { zoom } = visiblePartOf(state);
  return (
    <section id="closer" aria-label={t.title} hidden={!shownAnswer(state)}>
      <button
        type="button"
        class="quiet"
        aria-label={t.smaller}
        disabled={zoom === 1}
        onClick={looking.smaller}
      >
        −
      </button>
      <button
        id="zoom"
        type="button"
        class="quiet"
        aria-label={t.whole(zoom)}
        title={t.keys}
        onClick={looking.whole}
      >
        {words.f.percent(zoom)}
      </button>
      <button type="button" class="quiet" aria-label={t.larger} onClick={looking.larger}>
        +
      </button>
      <button
        id="wipe-open"
        type="button"
        class="quiet"
        aria-pressed={wipe !== undefined}
        onClick={() => looking.wipe(wipe === undefined ? 0.5 : undefined)}
      >
        {t.beforeAfter}
      </button>
    </section>
  );
}

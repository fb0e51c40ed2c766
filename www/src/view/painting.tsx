import { useEffect, useRef, useState } from "preact/hooks";
import { firstSide, isOld, nameOf, shownAnswer } from "../current";
import { inkOf, type Spot } from "../easel";
import { Course } from "./course";
import type { Props } from "./props";
import { Segments } from "./segments";

/** The painting tools and results; only a button before painting. */
export function Painting(props: Props) {
  const { state, actions } = props;
  const { easel, words } = state;
  const { painting: t } = words.t;
  const answer = shownAnswer(state);
  if (!easel && !answer) return null;
  return (
    <section id="painting" aria-label={t.title}>
      <button
        id="painting-open"
        type="button"
        aria-expanded={easel !== undefined}
        disabled={!easel && isOld(state)}
        onClick={easel ? actions.painting.close : actions.painting.open}
      >
        {easel ? t.close : t.open}
      </button>
      {easel ? <Tools {...props} /> : <span class="soft">{t.about}</span>}
    </section>
  );
}

function Tools({ state, actions: { painting: actions } }: Props) {
  const { easel, words, model } = state;
  const { painting: t } = words.t;
  const side = firstSide(state);
  const other = useRef<HTMLInputElement>(null);
  usePaintingKeys(state.easel !== undefined, actions);
  if (!easel) return null;
  const { original, fill, marks, undone, lifted, radius } = easel;
  const nearest = state.species.find(({ name }) => name === original.bird?.species)?.nearest[0];
  const answer = shownAnswer(state);
  const [first] = answer?.ranked ?? [];
  return (
    <>
      <Segments
        name="fill"
        legend={t.with}
        value={fill}
        choices={t.fills}
        onChange={(chosen) => {
          actions.fill(chosen);
          // A drawn bird has a similar species; for a photograph there is no other picture yet.
          if (chosen === "other" && !original.bird && !easel.other) other.current?.click();
        }}
      />
      {fill === "other" && (
        <p id="painting-other" class="soft">
          {easel.other || !nearest ? (nearest ? t.lookalike(nearest) : !easel.other && t.noOther) : t.waits}{" "}
          <button type="button" class="link" onClick={() => other.current?.click()}>
            {t.chooseOther}
          </button>
        </p>
      )}
      <input
        id="other-file"
        ref={other}
        type="file"
        accept="image/*"
        hidden
        aria-label={t.otherFile}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) actions.takeOther(file);
          currentTarget.value = "";
        }}
      />
      <div class="row">
        <button id="painting-red" type="button" disabled={!inkOf(easel)} onClick={actions.cover}>
          {state.scale === "red-blue" ? t.red : t.strong}
        </button>
        <button id="painting-undo" type="button" disabled={marks.length === 0} onClick={actions.undo}>
          {t.undo}
        </button>
        <button id="painting-redo" type="button" disabled={undone.length === 0} onClick={actions.redo}>
          {t.redo}
        </button>
        <button id="painting-clear" type="button" disabled={marks.length === 0} onClick={actions.clear}>
          {t.clear}
        </button>
        <button
          id="painting-untouched"
          type="button"
          aria-pressed={lifted}
          onClick={() => actions.showUntouched(!lifted)}
        >
          {t.untouched}
        </button>
        <span class="sizes">
          <button type="button" aria-label={t.smaller} onClick={() => actions.resize(-1)}>
            −
          </button>
          <output id="painting-size" aria-label={t.size}>
            {words.f.percent(2 * radius)}
          </output>
          <button type="button" aria-label={t.larger} onClick={() => actions.resize(1)}>
            +
          </button>
        </span>
      </div>
      <Course state={state} easel={easel} />
      {first && first.index !== easel.target && (
        <p id="painting-says">{t.says({ name: nameOf(state, first.index), share: first.probability })}</p>
      )}
      <p class="soft keys">{t.keys}</p>
      {side !== undefined && model && (
        <p id="painting-side" class="soft keys">
          {t.firstLook({ side, own: model.info.side })}
        </p>
      )}
    </>
  );
}

/** The keys work wherever the focus is, except in text fields. */
function usePaintingKeys(on: boolean, actions: Props["actions"]["painting"]): void {
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    const { signal } = stop;
    const key = (event: KeyboardEvent): void => {
      const written =
        event.target instanceof HTMLInputElement &&
        !["radio", "checkbox", "range"].includes(event.target.type);
      if (written || event.altKey) return;
      const act = keyed(event, actions);
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", key, { signal });
    window.addEventListener("keyup", ({ key }) => key === "o" && actions.showUntouched(false), { signal });
    window.addEventListener("blur", () => actions.showUntouched(false), { signal });
    return () => stop.abort();
  }, [on, actions]);
}

function keyed(event: KeyboardEvent, actions: Props["actions"]["painting"]): (() => void) | undefined {
  const { key, shiftKey, repeat } = event;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() === "z") return shiftKey ? actions.redo : actions.undo;
    return key === "y" ? actions.redo : undefined;
  }
  if (key === "[") return () => actions.resize(-1);
  if (key === "]") return () => actions.resize(1);
  if (key === "o") return () => !repeat && actions.showUntouched(true);
  return undefined;
}

/** A step of the brush with the keyboard, as a share of its radius. */
const STRIDE = 0.5;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Pointer = PointerEvent & { readonly currentTarget: HTMLElement };

/** Covers the picture while painting: the pointer paints, or the arrow keys with the space bar. */
export function Brush({
  state,
  actions: { painting: actions },
  style,
}: Props & { readonly style: Record<string, string> }) {
  const { easel, words } = state;
  const [at, setAt] = useState<Spot | undefined>();
  const field = useRef<HTMLDivElement>(null);
  const resizing = useRef(actions.resize);
  useEffect(() => {
    // The wheel resizes the brush and must not scroll; only a non-passive listener can prevent that.
    const element = field.current;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.deltaY !== 0) resizing.current(event.deltaY < 0 ? 1 : -1);
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  if (!easel) return null;
  const { width, height } = easel.untouched;
  const spot = ({ clientX, clientY }: Pick<PointerEvent, "clientX" | "clientY">): Spot => {
    const box = field.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  };
  const reach = easel.radius * Math.min(width, height);
  return (
    <div
      id="brush"
      ref={field}
      role="application"
      aria-label={words.t.painting.brush}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: as an application it takes keys.
      tabIndex={0}
      style={style}
      data-down={easel.at !== undefined}
      onPointerDown={(event: Pointer) => {
        if (event.button !== 0 || !event.isPrimary) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setAt(spot(event));
        actions.begin(spot(event));
      }}
      onPointerMove={(event: Pointer) => {
        if (!event.isPrimary) return;
        const here = spot(event);
        setAt(here);
        if (!easel.at) return;
        const between = event.getCoalescedEvents?.() ?? [];
        actions.to(between.length > 0 ? between.map(spot) : [here]);
      }}
      onPointerUp={(event: Pointer) => event.isPrimary && actions.end()}
      onPointerCancel={actions.end}
      onPointerLeave={(event: Pointer) => event.pointerType === "mouse" && !easel.at && setAt(undefined)}
      onBlur={actions.end}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        const from = at ?? { x: 0.5, y: 0.5 };
        if (event.key === " ") {
          event.preventDefault();
          setAt(from);
          if (!event.repeat) actions.begin(from);
        } else if (step && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          const stride = STRIDE * reach * (event.shiftKey ? 4 : 1);
          const inside = (value: number): number => Math.min(1, Math.max(0, value));
          const to = {
            x: inside(from.x + (step[0] * stride) / width),
            y: inside(from.y + (step[1] * stride) / height),
          };
          setAt(to);
          actions.to([to]);
        }
      }}
      onKeyUp={(event) => event.key === " " && actions.end()}
    >
      {at && (
        <i
          aria-hidden="true"
          style={{
            left: `${100 * at.x}%`,
            top: `${100 * at.y}%`,
            width: `${(200 * reach) / width}%`,
            height: `${(200 * reach) / height}%`,
          }}
        />
      )}
    </div>
  );
}

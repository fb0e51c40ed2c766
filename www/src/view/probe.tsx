import { asksForNetwork, innerLayer, shownAnswer } from "../current";
import { strongest } from "../facts";
import { layerWords } from "../layers";
import type { Probe, State } from "../state";
import type { Attributes } from "./canvas";
import type { Props } from "./props";

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** A step with Shift, in pixels. */
const FAR = 10;

type Pointer = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

/** Attributes that let a person read values off a figure: by pointing, tapping, or with the arrow keys. */
export function readable(figure: Probe["figure"], { state, actions }: Props): Attributes {
  const { probe } = state;
  const map = shownMap(state, figure);
  const end = (): void => {
    if (probe?.figure === figure) actions.looking.probe(undefined);
  };
  const read = (x: number, y: number): void => {
    if (!map) return;
    const inside = (at: number, size: number): number => Math.min(size - 1, Math.max(0, at));
    actions.looking.probe({ figure, x: inside(x, map.width), y: inside(y, map.height) });
  };
  const point = ({ currentTarget, clientX, clientY }: Pointer): void => {
    const box = currentTarget.getBoundingClientRect();
    const [across, down] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    if (map) read(Math.floor(across * map.width), Math.floor(down * map.height));
  };
  return {
    role: "img",
    tabIndex: 0,
    onPointerDown: (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      point(event);
    },
    onPointerMove: point,
    // A lifted finger leaves the value shown; a mouse that leaves removes it.
    onPointerLeave: ({ pointerType }) => pointerType === "mouse" && end(),
    onPointerCancel: end,
    onBlur: end,
    onKeyDown: (event) => {
      if (event.key === "Escape") end();
      const step = STEPS[event.key];
      if (!step || !map) return;
      event.preventDefault();
      const from = probe?.figure === figure ? probe : { x: map.width >> 1, y: map.height >> 1 };
      const far = event.shiftKey ? FAR : 1;
      const to = { x: from.x + far * step[0], y: from.y + far * step[1] };
      read(to.x, to.y);
      // The place stays visible when zoomed in.
      actions.looking.follow({ x: (to.x + 0.5) / map.width, y: (to.y + 0.5) / map.height });
    },
  };
}

/** The map that a figure shows. */
function shownMap(state: State, figure: Probe["figure"]) {
  const answer = shownAnswer(state);
  return (figure === "raw" ? answer && innerLayer(state) : undefined) ?? answer?.explained;
}

/** Marks the place that is read off, in both figures. */
export function Cross({ state }: Pick<Props, "state">) {
  const { probe } = state;
  const map = probe && shownMap(state, probe.figure);
  if (!probe || !map) return null;
  const style = {
    left: `${(100 * (probe.x + 0.5)) / map.width}%`,
    top: `${(100 * (probe.y + 0.5)) / map.height}%`,
  };
  return <i class="cross" aria-hidden="true" style={style} />;
}

/** Shows the value that is read off. */
export function Readout({ state }: Pick<Props, "state">) {
  const { probe } = state;
  return (
    <output
      id="readout"
      hidden={asksForNetwork(state)}
      class={probe ? "" : "soft"}
      aria-live="polite"
      data-reads={probe !== undefined}
    >
      {readout(state)}
    </output>
  );
}

function readout(state: State): string {
  const { probe, words } = state;
  const { readout: t } = words.t.stage;
  const answer = shownAnswer(state);
  const map = probe && shownMap(state, probe.figure);
  if (!answer || !probe || !map) return t.hint;
  const { x, y } = probe;
  const at = y * map.width + x;
  const value = map.map[at] ?? 0;
  const layer = map === answer.explained ? undefined : innerLayer(state);
  const most = layer ? strongest(layer.map) : answer.facts.strongest;
  const share = most > 0 ? Math.abs(value) / most : 0;
  if (layer) return t.cell({ layer: layerWords(words, layer.name).title, x, y, value, share });
  return t.pixel({ x, y, value, share, kept: answer.explained.mask[at] === 1 });
}

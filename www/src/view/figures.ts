import type { Actions } from "../actions";
import { byId, element, memo, say } from "../dom";
import { drawPicture, place, putPixels, shownRect } from "../drawing";
import { className } from "../labels";
import { layerWords } from "../layers";
import { LEGEND } from "../protocol";
import { asksForNetwork, innerLayer, type Probe, type Render, type State } from "../state";
import { capital, figure, percent } from "../words";
import { toolsView } from "./tools";

/** The two figures: the picture under its filtered map, and the whole relevance map. */
export function figuresView(actions: Actions): Render {
  const picture = element("picture", HTMLCanvasElement);
  const overlay = element("overlay", HTMLCanvasElement);
  const map = element("map", HTMLCanvasElement);
  const tools = toolsView(actions);
  let state: State | undefined;

  const bringIntoView = memo(() => {
    // Another picture or class is asked for further down; what comes of it is up here.
    if (byId("over").getBoundingClientRect().bottom < 160) byId("headline").scrollIntoView();
  });
  const drawThePicture = memo(() => {
    if (state?.picture) drawPicture(picture, state.picture, 1600);
  });
  const drawTheMaps = memo(() => {
    const explained = state?.result?.explained;
    if (!state || !explained) {
      // A map that is not of this picture and class is taken away, not only hidden.
      for (const canvas of [overlay, map]) canvas.width = canvas.height = 1;
      return;
    }
    const { width, height } = explained;
    putPixels(overlay, explained.overlay, width, height);
    const layer = innerLayer(state);
    if (layer) putPixels(map, layer.colours, layer.width, layer.height);
    else putPixels(map, explained.diverging, width, height);
    // The few cells of a layer are to be seen as what they are.
    map.dataset.crisp = String(layer !== undefined);
    putPixels(element("legend-bar", HTMLCanvasElement), explained.legend, LEGEND, 1);
  });
  listenForProbes(overlay, "over", actions, () => state);
  listenForProbes(map, "raw", actions, () => state);

  return (next) => {
    state = next;
    const { result, work } = next;
    say(byId("map-wait"), result ? "" : waitingFor(next));
    if (!next.picture) return;
    drawThePicture(next.picture);
    drawTheMaps(result?.explained, innerLayer(next));
    layOut(next);
    bringIntoView(next.picture.id, result?.explained.target, next.settings.method.name);
    map.hidden = result === undefined;
    byId("window").hidden = result === undefined;
    byId("legend").hidden = result === undefined;
    byId("figures").dataset.stale = String(result !== undefined && work?.kind === "explain");
    overlay.style.opacity = String(next.opacity);
    say(byId("raw-word"), rawWord(next));
    byId("raw").dataset.layer = String(innerLayer(next) !== undefined);
    say(byId("over-word"), result ? "What counted most, over the picture" : "The picture");
    describe(next, picture, overlay, map);
    drawCrosses(next);
    tools(next);
  };
}

function layOut({ picture, result }: State): void {
  if (!picture) return;
  const crop = result?.explained.crop;
  const shown = shownRect(picture, crop);
  const over = byId("over");
  over.style.setProperty("--aspect", String(Math.min(2.4, Math.max(0.5, shown.width / shown.height))));
  const paper = over.querySelector<HTMLElement>(".frame");
  if (paper) paper.style.setProperty("--shape", String(shown.width / shown.height));
  place(byId("picture"), { x: 0, y: 0, width: picture.width, height: picture.height }, shown);
  if (crop) place(byId("window"), crop, shown);
}

function rawWord(state: State): string {
  const layer = innerLayer(state);
  if (!layer) return "All relevance";
  return `${capital(layerWords(layer.name).name)} · ${layer.width}×${layer.height} · ΣR ${figure(layer.sum)}`;
}

function waitingFor(state: State): string {
  const { model, work, picture } = state;
  if (asksForNetwork(state)) return "The relevance map comes here once a network is chosen for it.";
  if (work?.kind === "explain" || !picture) return "The relevance map comes here.";
  if (work) return "The relevance map comes here once the network is loaded.";
  return model ? "No map yet." : "Choose a network, and the relevance map comes here.";
}

function describe(state: State, picture: HTMLElement, overlay: HTMLElement, map: HTMLElement): void {
  picture.setAttribute("aria-label", `The picture, ${state.picture?.name ?? ""}`);
  const { result, labels } = state;
  if (!result) return;
  const { words, explained } = result;
  const name = className(labels, explained.target);
  overlay.setAttribute(
    "aria-label",
    `What speaks for ${name}, over the picture: the filter keeps ${percent(words.keptShare)} of the area, ` +
      `and the strongest relevance lies ${words.place}. Arrow keys read single values.`,
  );
  const layer = innerLayer(state);
  if (layer) {
    const where = layerWords(layer.name).name;
    map.setAttribute(
      "aria-label",
      `Relevance for ${name} at ${where}, ${layer.width} by ${layer.height} cells. Arrow keys read single values.`,
    );
    return;
  }
  map.setAttribute(
    "aria-label",
    `All relevance for ${name}: ${percent(words.forShare)} of it speaks for the class and the rest against; ` +
      `the strongest lies ${words.place}. Arrow keys read single values.`,
  );
}

function drawCrosses(state: State): void {
  const { probe, result } = state;
  for (const cross of document.querySelectorAll<HTMLElement>(".cross")) {
    cross.hidden = !probe || !result;
    if (!probe || !result) continue;
    const { width, height } = (probe.figure === "raw" ? innerLayer(state) : undefined) ?? result.explained;
    cross.style.left = `${(100 * (probe.x + 0.5)) / width}%`;
    cross.style.top = `${(100 * (probe.y + 0.5)) / height}%`;
  }
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Reads the map off with the pointer, or with the arrow keys (with Shift, ten pixels a step). */
function listenForProbes(
  canvas: HTMLCanvasElement,
  figure: Probe["figure"],
  actions: Actions,
  state: () => State | undefined,
): void {
  const probe = (x: number, y: number): void =>
    actions.probe({
      figure,
      x: Math.min(canvas.width - 1, Math.max(0, x)),
      y: Math.min(canvas.height - 1, Math.max(0, y)),
    });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * canvas.width;
    const down = ((event.clientY - box.top) / box.height) * canvas.height;
    probe(Math.floor(across), Math.floor(down));
  });
  canvas.addEventListener("pointerleave", () => actions.probe(undefined));
  canvas.addEventListener("blur", () => actions.probe(undefined));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") actions.probe(undefined);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const last = state()?.probe;
    const from = last?.figure === figure ? last : { x: canvas.width >> 1, y: canvas.height >> 1 };
    const far = event.shiftKey ? 10 : 1;
    probe(from.x + far * step[0], from.y + far * step[1]);
  });
}

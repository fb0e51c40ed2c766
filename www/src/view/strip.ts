import type { Actions } from "../actions";
import { byId, checkRadio, element, make, memo, say } from "../dom";
import { putPixels } from "../drawing";
import { layerWords } from "../layers";
import { methodTitle } from "../methods";
import type { Layer } from "../protocol";
import { innerLayer, PICTURE, type Render, type State } from "../state";
import { capital, figure, shortFigure, tenths } from "../words";

/** Relevance that comes to less of what it started as has lost some. */
const KEPT = 0.995;
/** Beyond so many cells a thumbnail has fewer pixels than the map, and is smoothed. */
const COARSE = 28;

/** Relevance on its way from the class to the picture: a thumbnail for every boundary, one of them enlarged. */
export function stripView(actions: Actions): Render {
  const play = element("play", HTMLButtonElement);
  play.addEventListener("click", () => actions.playing.toggle());
  let state: State | undefined;
  let stops: Stop[] = [];
  const build = memo(() => {
    const layers = state?.result?.explained.boundaries ?? [];
    stops = layers.map(({ name }) => stop(name, actions, () => state));
    byId("rail").replaceChildren(...grouped(layers, stops));
  });
  const draw = memo(() => {
    state?.result?.explained.boundaries.forEach((layer, i) => {
      stops[i]?.draw(layer);
    });
  });
  const scrollTo = memo(() => {
    const rail = byId("rail");
    const chosen = rail.querySelector<HTMLElement>("label:has(:checked)");
    if (chosen) rail.scrollTo({ left: chosen.offsetLeft - (rail.clientWidth - chosen.clientWidth) / 2 });
  });
  return (next) => {
    state = next;
    const { result, work } = next;
    const strip = byId("strip");
    strip.dataset.waiting = String(result === undefined);
    strip.dataset.stale = String(work?.kind === "explain");
    if (!result) return;
    const layers = result.explained.boundaries;
    // The thumbnails stay where they are as long as they are of the same layers, and with them the focus.
    build(layers.map(({ name }) => name).join());
    draw(layers);
    checkRadio("layer", innerLayer(next)?.name ?? PICTURE);
    // It starts where relevance does, and then follows what is chosen.
    if (next.layer !== PICTURE || next.playing) scrollTo(next.layer);
    play.hidden = byId("rail").hidden = layers.length === 0;
    say(play, next.playing ? "Stop" : "Play");
    say(byId("strip-word"), conserved(next));
  };
}

function conserved({ result }: State): string {
  if (!result) return "";
  const { boundaries } = result.explained;
  const [start, end] = [boundaries[0]?.sum ?? 0, boundaries.at(-1)?.sum ?? 0];
  if (boundaries.length === 0) {
    const title = methodTitle(result.settings.method.name);
    return `${title} does not go layer by layer, so there is nothing to watch between class and picture.`;
  }
  const share = end / start;
  const why =
    Math.abs(share - 1) > 1 - KEPT
      ? " The difference is what the layers' biases say, and what a rule finds no input for."
      : "";
  const of = share > 0 && share < 2 - KEPT ? "of it " : "";
  return `Relevance started as ${figure(start)}; ${figure(end)} ${of}(${tenths(share)}) reaches the picture.${why}`;
}

interface Stop {
  readonly label: HTMLLabelElement;
  draw(layer: Layer): void;
}

function stop(name: string, actions: Actions, state: () => State | undefined): Stop {
  const words = layerWords(name);
  const radio = make("input", { type: "radio", name: "layer", value: name });
  const canvas = make("canvas", { width: 1, height: 1, ariaHidden: "true" });
  const sum = make("span", { className: "sum" });
  const label = make("label", {}, radio, canvas, make("span", { className: "short" }, words.short), sum);
  radio.addEventListener("change", () => actions.showLayer(name));
  radio.addEventListener("click", () => {
    // A second click goes back to the pixels.
    if (state()?.layer === name && !state()?.playing) actions.showLayer(PICTURE);
  });
  const draw = ({ colours, width, height, sum: all }: Layer): void => {
    putPixels(canvas, colours, width, height);
    canvas.dataset.crisp = String(width <= COARSE);
    say(sum, shortFigure(all));
    label.title = `${capital(words.name)}, ${width}×${height}`;
    radio.setAttribute("aria-label", `${words.name}, ${width} by ${height}, sum of relevance ${figure(all)}`);
  };
  return { label, draw };
}

/** Boundaries of a stage stand together under its name. */
function grouped(layers: readonly Layer[], stops: readonly Stop[]): HTMLElement[] {
  const groups: HTMLElement[] = [];
  layers.forEach(({ name }, i) => {
    const { group } = layerWords(name);
    let last = groups.at(-1);
    if (last?.dataset.group !== group) {
      last = make(
        "div",
        { className: "stage" },
        make("span", { className: "title", ariaHidden: "true" }, group),
      );
      last.dataset.group = group;
      groups.push(last);
    }
    const stop = stops[i];
    if (stop) last.append(stop.label);
    last.style.setProperty("--stops", String(last.children.length - 1));
  });
  return groups;
}

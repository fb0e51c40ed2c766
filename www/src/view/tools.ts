import type { Actions } from "../actions";
import { byId, checkRadio, element, make, memo, say } from "../dom";
import { className } from "../labels";
import { layerWords } from "../layers";
import { asksForNetwork, type Filter, innerLayer, type Render, type State } from "../state";
import { capital, figure, percent, seconds } from "../words";

const FILTERS: Readonly<Record<Filter, string>> = {
  c3: "C3 keeps the region where the largest contour and the leading connected component agree.",
  c1c: "C1C keeps the leading connected component of the map.",
  "heat-quantization": "Every value is lowered to the nearest of eight levels, equally far apart.",
  none: "No filter: everything that speaks for the class.",
};

/** What stands under the figures: filter, opacity, values, times, and the map in words. */
export function toolsView(actions: Actions): Render {
  const opacity = element("opacity", HTMLInputElement);
  opacity.addEventListener("input", () => actions.setOpacity(opacity.valueAsNumber / 100));
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="filter"]')) {
    radio.addEventListener("change", () => actions.set({ filter: radio.value as Filter }));
  }
  byId("save").addEventListener("click", actions.save);
  byId("again-button").addEventListener("click", actions.explain);
  let state: State | undefined;
  const drawTheNumbers = memo(() => {
    if (state) drawNumbers(state);
  });
  return (next) => {
    state = next;
    const { result, model, work } = next;
    // While a map is on its way the tools keep their place, so that nothing jumps when it comes.
    byId("tools").hidden = asksForNetwork(next) || (!result && !model && !work);
    byId("tools").dataset.waiting = String(result === undefined);
    byId("tools").dataset.loaded = String(model !== undefined);
    checkRadio("filter", next.settings.filter);
    if (!result) return;
    const { explained, settings } = result;
    const fallback = explained.fallback
      ? " Here they have nothing in common, so the component alone is kept."
      : "";
    say(byId("filter-word"), FILTERS[settings.filter] + fallback);
    say(byId("readout"), readout(next));
    byId("readout").classList.toggle("soft", next.probe === undefined);
    const { forward, backward, filter: filtering } = explained.milliseconds;
    const where = explained.device === "webgpu" ? "WebGPU" : "the CPU";
    const first = forward > 0 ? `forward ${seconds(forward)}` : "forward already known";
    say(
      byId("times"),
      `On ${where}: ${first} · backward ${seconds(backward)} · filter ${seconds(filtering)}`,
    );
    drawTheNumbers(result, next.labels);
  };
}

function readout(state: State): string {
  const { probe, result } = state;
  if (!result || !probe) return "Point at a map to read its values, or select it and press the arrow keys.";
  const layer = probe.figure === "raw" ? innerLayer(state) : undefined;
  const { map, width } = layer ?? result.explained;
  const at = probe.y * width + probe.x;
  const value = map[at] ?? 0;
  const most = strongest(map);
  const side = value > 0 ? "for" : value < 0 ? "against" : "neither for nor against";
  const strength = most > 0 ? percent(Math.abs(value) / most) : "0 %";
  const place = `${probe.x}, ${probe.y}: ${figure(value)}, ${side}; ${strength} of the strongest`;
  if (layer) return `${capital(layerWords(layer.name).name)}, cell ${place} there.`;
  return `Pixel ${place}, ${result.explained.mask[at] === 1 ? "kept" : "dropped by the filter"}.`;
}

const strongest = (map: Float32Array): number => map.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

function drawNumbers({ result, labels }: State): void {
  if (!result) return;
  const { words, explained, ranked } = result;
  const name = className(labels, explained.target);
  const place = ranked.find(({ index }) => index === explained.target)?.rank ?? 0;
  say(
    byId("in-words"),
    `${name}: ${percent(explained.probability)}, number ${place} of ${ranked.length}. ` +
      `${percent(words.forShare)} of the relevance speaks for it. The strongest lies ${words.place} ` +
      `of the square that the network saw (${percent(words.placeShare)} of what speaks for it). ` +
      (explained.logit < 0 ? "All in all, more speaks against this class than for it. " : "") +
      `The filter keeps ${percent(words.keptShare)} of the area. The colours are full from ±${figure(explained.scale)} on; the strongest value is ${figure(strongest(explained.map))} in size.`,
  );
  const cell = (share: number): string =>
    `${share > 0 ? "+" : share < 0 ? "−" : ""}${percent(Math.abs(share))}`;
  byId("ninths").replaceChildren(
    ...[0, 3, 6].map((from) =>
      make("tr", {}, ...words.ninths.slice(from, from + 3).map((share) => make("td", {}, cell(share)))),
    ),
  );
}

import type { MethodInfo } from "c3lrp";
import type { Actions } from "../actions";
import { make, memo, say } from "../dom";
import { drawCrop, putPixels } from "../drawing";
import { methodTitle, optionOf } from "../methods";
import type { Explained, Mass } from "../protocol";
import type { State } from "../state";
import { capital, enumerate, percent, seconds, tenths } from "../words";
import { riseForm } from "./rise";
import { showProgress, workWords } from "./work";

/** Sharp enough for a card on a sharp screen. */
const SIDE = 448;

export interface Card {
  readonly item: HTMLLIElement;
  show(state: State): void;
}

/** A method's place in the comparison: its map, what it cost, and what can be said of it in numbers. */
export function methodCard(method: MethodInfo, actions: Actions): Card {
  const { name, meaning, source } = method;
  const title = make("h3", { id: `compare-${name}` }, methodTitle(name));
  const ground = make("canvas", { className: "ground", width: 1, height: 1, ariaHidden: "true" });
  const map = make("canvas", { className: "map", width: 1, height: 1 });
  map.setAttribute("role", "img");
  const wait = make("p", { className: "wait" });
  const bar = make("progress", {});
  bar.setAttribute("aria-labelledby", title.id);
  const word = make("span", { className: "what" });
  const making = make("div", { className: "making" }, bar, word);
  const frame = make("div", { className: "frame" }, ground, map, wait, making);
  const numbers = make("dl", {});
  const use = make("button", { type: "button", className: "use" });
  use.setAttribute("aria-describedby", title.id);
  const rise = optionOf(method, "masks") ? riseForm(actions) : undefined;
  const about = make("p", { className: "soft about" }, meaning);
  const by = make("p", { className: "soft source" }, `${capital(source)}.`);
  const foot = make("div", { className: "foot" }, use, ...(rise ? [rise.form] : []));
  const item = make("li", { className: "method" }, title, frame, numbers, about, by, foot);
  item.dataset.method = name;

  let state: State | undefined;
  const card = () => state?.comparison.cards[name];
  const done = (): Explained | undefined => {
    const one = card();
    return one?.kind === "done" ? one.explained : undefined;
  };
  use.addEventListener("click", () => {
    const masks = rise && state?.comparison.masks;
    actions.set({ method: masks ? { name, masks } : { name } });
  });
  const drawGround = memo(() => {
    const explained = done();
    if (state?.picture && explained) drawCrop(ground, state.picture, explained.crop, SIDE);
  });
  const drawMap = memo(() => {
    const explained = done();
    if (!explained) return;
    const pixels = state?.comparison.shows === "overlay" ? explained.overlay : explained.diverging;
    putPixels(map, pixels, explained.width, explained.height);
  });
  const drawNumbers = memo(() => {
    if (state) numbers.replaceChildren(...rows(state, done()).flatMap(row));
  });

  const show = (next: State): void => {
    state = next;
    const { comparison, picture, settings, opacity } = next;
    const [one, explained] = [card(), done()];
    const over = comparison.shows === "overlay";
    const work = comparison.making?.method === name ? comparison.making.work : undefined;
    item.dataset.state = work ? "making" : one?.of === comparison.of ? one.kind : "missing";
    if (over) drawGround(picture, explained);
    drawMap(explained, comparison.shows);
    drawNumbers(explained, next.result, comparison.shows);
    ground.hidden = !over || !explained;
    map.hidden = !explained;
    map.style.opacity = over ? String(opacity) : "";
    map.setAttribute(
      "aria-label",
      over ? `${title.textContent}, over the picture` : `${title.textContent}, all relevance`,
    );
    making.hidden = work === undefined;
    if (work) {
      showProgress(bar, work);
      say(word, workWords(work));
    }
    // A map of before that is about to be replaced says enough, faint as it is; RISE's isn't about to be.
    const quiet = work !== undefined || item.dataset.state === "done" || (explained && !rise);
    say(
      wait,
      quiet ? "" : waitingFor(next, one?.kind === "failed" ? one.text : undefined, rise !== undefined),
    );
    rise?.show(next);
    const shown = settings.method.name === name;
    use.setAttribute("aria-pressed", String(shown));
    say(use, shown ? "Shown above" : "Use this method");
  };
  return { item, show };
}

function waitingFor({ comparison, result }: State, failed: string | undefined, slow: boolean): string {
  if (failed !== undefined) return failed;
  if (!result) return "Waits for the explanation above.";
  if (slow && !comparison.rise) return "Takes about a minute: press Run.";
  return comparison.halted ? "Called off." : "Comes next.";
}

type Row = readonly [term: string, value: string];

const row = ([term, value]: Row): HTMLElement[] => [make("dt", {}, term), make("dd", {}, value)];

/** Every card has the same rows, so that they can be read across. */
function rows(state: State, explained: Explained | undefined): Row[] {
  const { comparison, picture, species } = state;
  const bird = picture?.bird;
  const parts = species.find(({ name }) => name === bird?.species)?.deciding ?? [];
  const names: Readonly<Record<Mass["on"], string>> = {
    whole: "On the bird",
    deciding: `On its ${enumerate(parts)}`,
    tag: "On the tag",
  };
  const share = (on: Mass["on"]): string => {
    const mass = explained?.masses.find((one) => one.on === on);
    const value = comparison.shows === "overlay" ? mass?.after : mass?.before;
    return value === undefined ? "–" : percent(value);
  };
  const [start, end] = [explained?.boundaries[0]?.sum, explained?.boundaries.at(-1)?.sum];
  const known = bird ? (["whole", "deciding", ...(bird.tag ? (["tag"] as const) : [])] as const) : [];
  return [
    ["Time", explained ? seconds(explained.milliseconds.backward) : "–"],
    ["Reaches pixels", start && end !== undefined ? tenths(end / start) : "–"],
    ...known.map((on): Row => [names[on], share(on)]),
  ];
}

import type { Actions } from "../actions";
import { byId, element, say } from "../dom";
import { asksForNetwork, type Render, type Work } from "../state";
import { megabytes, megabytesOf, timeLeft } from "../words";

/** With so few steps a bar tells nothing; then it only moves. */
const FEW = 4;

/** What is going on and for how long: downloads and loading at the model, the rest at the picture. */
export function workView(actions: Actions): Render {
  const stage = bar("work", actions);
  const model = bar("loading", actions);
  let current: Work | undefined;
  // The clock ticks by itself: a state is drawn only when something happens.
  setInterval(() => {
    if (!current) return;
    const time = `${((performance.now() - current.since) / 1000).toFixed(1)} s`;
    for (const id of ["work-time", "loading-time"]) byId(id).textContent = time;
  }, 100);
  return (state) => {
    const { work, picture, result, model: loaded } = state;
    const asks = asksForNetwork(state);
    current = work;
    // Who chose a network at the picture looks there.
    stage(work?.kind === "explain" || asks ? work : undefined);
    model(work && work.kind !== "explain" ? work : undefined);
    byId("again").hidden = asks || !(picture && loaded && !result && !work);
    document.body.setAttribute("aria-busy", String(work !== undefined));
  };
}

function bar(prefix: "work" | "loading", actions: Actions): (work: Work | undefined) => void {
  const progress = element(`${prefix}-bar`, HTMLProgressElement);
  byId(`${prefix}-cancel`).addEventListener("click", actions.cancel);
  return (work) => {
    byId(prefix).hidden = work === undefined;
    if (!work) return;
    showProgress(progress, work);
    say(byId(`${prefix}-what`), workWords(work));
  };
}

/** Shows on a bar how far a piece of work is. */
export function showProgress(bar: HTMLProgressElement, { done, total }: Work): void {
  if (total > FEW) {
    bar.max = total;
    bar.value = Math.min(done, total);
  } else bar.removeAttribute("value");
}

/** What is going on, how far it is, and for masks how long the rest takes. */
export function workWords({ kind, what, done, total, stepSince }: Work): string {
  if (kind === "download" || (kind === "load" && done > 0)) {
    const of = total > 0 ? megabytesOf(done, total) : megabytes(done);
    return `${what} · ${of}`;
  }
  if (total <= FEW) return what;
  if (what === "Pictures") return `${Math.min(done, total)} of ${total} pictures`;
  if (what !== "Masks") return `${what} · ${Math.min(done, total)} of ${total}`;
  const left = timeLeft(done, total, performance.now() - stepSince);
  return [`${done} of ${total} masks`, left].filter((word) => word).join(" · ");
}

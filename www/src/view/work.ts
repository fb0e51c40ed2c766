import type { Actions } from "../actions";
import { byId, element, say } from "../dom";
import type { Render, Work } from "../state";
import { megabytes, megabytesOf } from "../words";

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
    const time = byId(current.kind === "explain" ? "work-time" : "loading-time");
    time.textContent = `${((performance.now() - current.since) / 1000).toFixed(1)} s`;
  }, 100);
  return ({ work, picture, result, model: loaded }) => {
    current = work;
    stage(work?.kind === "explain" ? work : undefined);
    model(work && work.kind !== "explain" ? work : undefined);
    byId("again").hidden = !(picture && loaded && !result && !work);
    document.body.setAttribute("aria-busy", String(work !== undefined));
  };
}

function bar(prefix: "work" | "loading", actions: Actions): (work: Work | undefined) => void {
  const progress = element(`${prefix}-bar`, HTMLProgressElement);
  byId(`${prefix}-cancel`).addEventListener("click", actions.cancel);
  return (work) => {
    byId(prefix).hidden = work === undefined;
    if (!work) return;
    if (work.total > FEW) {
      progress.max = work.total;
      progress.value = Math.min(work.done, work.total);
    } else progress.removeAttribute("value");
    say(byId(`${prefix}-what`), words(work));
  };
}

function words({ kind, what, done, total }: Work): string {
  if (kind === "download" || (kind === "load" && done > 0)) {
    const of = total > 0 ? megabytesOf(done, total) : megabytes(done);
    return `${what} · ${of}`;
  }
  return kind === "explain" && total > FEW ? `${what} · ${Math.min(done, total)} of ${total}` : what;
}

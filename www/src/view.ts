import type { Actions } from "./actions";
import { byId, say } from "./dom";
import { className } from "./labels";
import type { State } from "./state";
import { classesView } from "./view-classes";
import { figuresView } from "./view-figures";
import { modelView } from "./view-model";
import { optionsView } from "./view-options";
import { pictureView } from "./view-picture";
import { workView } from "./view-work";
import { percent } from "./words";

export type Render = (state: State) => void;

/** Ties the views to the page and gives back the one function that draws a state. */
export function pageView(actions: Actions): Render {
  const views: Render[] = [
    pictureView(actions),
    figuresView(actions),
    workView(actions),
    classesView(actions),
    modelView(actions),
    optionsView(actions),
    noticeView(actions),
    headlineView,
  ];
  return (state) => {
    document.body.dataset.phase = state.result ? "result" : state.picture ? "picture" : "empty";
    for (const view of views) view(state);
  };
}

function headlineView(state: State): void {
  const { result, labels, picture } = state;
  const step = document.querySelector<HTMLElement>("#stage-title .step");
  if (step) step.hidden = picture !== undefined;
  const top = result?.ranked[0];
  const shown = result?.explained;
  const headline = byId("headline");
  if (result && top && shown) {
    const name = shortName(className(labels, shown.target));
    say(
      headline,
      top.index === shown.target
        ? `It sees: ${name} (${percent(shown.probability)})`
        : `What speaks for: ${name} (${percent(shown.probability)})`,
    );
  } else if (picture) {
    say(headline, waitingHeadline(state));
  } else say(headline, "Choose a picture");
}

function waitingHeadline({ work, model }: State): string {
  if (work) return work.kind === "explain" ? "Looking at it…" : "Getting the network ready…";
  return model ? "Your picture" : "Now choose a network";
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

function noticeView(actions: Actions): Render {
  const box = byId("notice");
  byId("notice-close").addEventListener("click", actions.dismiss);
  return ({ notice }) => {
    box.hidden = notice === undefined;
    box.dataset.kind = notice?.kind ?? "word";
    say(byId("notice-text"), notice?.text ?? "");
  };
}

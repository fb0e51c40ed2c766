import licencesUrl from "../../../pkg/THIRD-PARTY.txt?url";
import type { Actions } from "../actions";
import { byId, fill, make, memo, say } from "../dom";
import { className, shortName } from "../labels";
import { asksForNetwork, type Notice, type Render, type State } from "../state";
import { capital, percent } from "../words";
import { askView } from "./ask";
import { birdView } from "./bird";
import { classesView } from "./classes";
import { comparisonView } from "./comparison";
import { figuresView } from "./figures";
import { galleryView } from "./gallery";
import { hubView } from "./hub";
import { judgementView } from "./judgement";
import { lessonView } from "./lesson";
import { massesView } from "./masses";
import { methodView } from "./method";
import { modelView } from "./model";
import { optionsView } from "./options";
import { pictureView } from "./picture";
import { presetsView } from "./presets";
import { readingView } from "./reading";
import { stripView } from "./strip";
import { workView } from "./work";

/** Ties the views to the page and gives back the one function that draws a state. */
export function pageView(actions: Actions): Render {
  const views: Render[] = [
    lessonView(actions),
    figuresView(actions),
    presetsView(actions),
    methodView(actions),
    stripView(actions),
    comparisonView(actions),
    judgementView(actions),
    birdView(actions),
    massesView(),
    galleryView(actions),
    pictureView(actions),
    workView(actions),
    classesView(actions),
    modelView(actions),
    hubView(actions),
    askView(actions),
    readingView(actions),
    optionsView(actions),
    noticeView(actions),
    headlineView,
  ];
  byId("licences").append(make("a", { href: licencesUrl }, "Licences of all that this page is made of"));
  return (state) => {
    for (const view of views) view(state);
  };
}

function headlineView(state: State): void {
  const { result, labels, picture } = state;
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
  } else say(headline, state.work ? "Drawing a bird…" : "Choose a picture");
}

function waitingHeadline(state: State): string {
  const { work, model } = state;
  if (asksForNetwork(state)) return "Which network shall look at it?";
  if (work) return work.kind === "explain" ? "Looking at it…" : "Getting the network ready…";
  return model ? "Your picture" : "Now choose a network";
}

function noticeView(actions: Actions): Render {
  const box = byId("notice");
  byId("notice-close").addEventListener("click", actions.dismiss);
  let choices: Notice["choices"];
  const drawChoices = memo(() => {
    const buttons = choices?.networks.map(({ family, beginning }) => {
      const named = beginning ? `names begin with “${beginning}”` : "names have no beginning of their own";
      const button = make("button", { type: "button" }, `${capital(family)} whose ${named}`);
      const { source } = choices ?? {};
      button.addEventListener("click", () => source && actions.loadAmong(source, beginning));
      return button;
    });
    fill(byId("notice-choices"), buttons ?? []);
  });
  return ({ notice }) => {
    box.hidden = notice === undefined;
    box.dataset.kind = notice?.kind ?? "word";
    say(byId("notice-text"), notice?.text ?? "");
    choices = notice?.choices;
    byId("notice-choices").hidden = choices === undefined;
    drawChoices(choices);
  };
}

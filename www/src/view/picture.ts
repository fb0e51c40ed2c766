import type { Actions } from "../actions";
import { byId, element, make, say } from "../dom";
import { resnet50 } from "../models";
import { samples, sampleUrl } from "../samples";
import { knowsBirds, type Render } from "../state";
import { takeDrops, takeFiles } from "./files";
import { fetchWord } from "./model";

/** Where a person's own picture comes in: dropped anywhere, pasted, chosen, or one of the samples. */
export function pictureView(actions: Actions): Render {
  const file = element("file", HTMLInputElement);
  byId("choose").addEventListener("click", () => file.click());
  takeFiles(file, actions);
  takeDrops(actions);
  byId("samples").append(
    ...samples.map((sample) => {
      const picture = make("img", {
        src: sampleUrl(sample),
        alt: "",
        width: 96,
        height: 72,
        loading: "lazy",
      });
      const button = make("button", { type: "button", title: sample.credit }, picture);
      button.setAttribute("aria-label", `Sample picture: ${sample.alt}`);
      button.addEventListener("click", () => actions.takeSample(sample));
      return make("li", {}, button);
    }),
  );
  byId("credits").textContent = `Sample pictures: ${samples
    .map(({ title, credit }) => `${title.toLowerCase()} by ${credit}`)
    .join("; ")}.`;
  const fetchers = [byId("photographs"), byId("stranger-fetch")];
  for (const button of fetchers) button.addEventListener("click", () => actions.fetchModel(resnet50));
  return (state) => {
    const { picture, model } = state;
    // Until a network is there, it is the one of the birds that is on its way.
    const birdsOnly = model === undefined || knowsBirds(state);
    byId("stranger").hidden = !(birdsOnly && model && picture && !picture.bird);
    for (const button of fetchers) say(button, fetchWord(resnet50, state, "ResNet-50"));
    byId("photographs").hidden = !birdsOnly;
    byId("samples").hidden = birdsOnly;
    say(
      byId("pick-word"),
      birdsOnly
        ? "It needs a network that knows photographs, which is fetched once and then kept on this device."
        : "Drop it anywhere, paste it, choose it, or take one of these.",
    );
  };
}

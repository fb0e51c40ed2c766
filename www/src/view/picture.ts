import type { Actions } from "../actions";
import { byId, element, make, say } from "../dom";
import { samples, sampleUrl } from "../samples";
import { knowsBirds, type Render } from "../state";
import { megabytes } from "../words";
import { takeDrops, takeFiles } from "./files";

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
  return (state) => {
    // Until a network is there, it is the one of the birds that is on its way.
    const birdsOnly = state.model === undefined || knowsBirds(state);
    const smallest = Math.min(
      ...state.entries.flatMap(({ photographs, bytes }) => (photographs && bytes ? [bytes] : [])),
    );
    const here = state.entries.some(({ id, photographs }) => photographs && state.kept[id]?.complete);
    const cost = here ? "one is kept on this device" : `the smallest has ${megabytes(smallest)}`;
    say(
      byId("pick-word"),
      `Drop it anywhere, paste it, choose it, or take one of these.${birdsOnly ? ` Then choose a network for photographs: ${cost}.` : ""}`,
    );
  };
}

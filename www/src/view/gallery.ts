import type { Actions } from "../actions";
import { byId, make } from "../dom";
import { putPixels } from "../drawing";
import type { Render } from "../state";

/** A small picture of every species; one that is picked is drawn and explained. */
export function galleryView(actions: Actions): Render {
  const list = byId("gallery");
  const canvases: HTMLCanvasElement[] = [];
  return ({ species, thumbnails, picture }) => {
    if (list.children.length === 0) {
      for (const { name } of species) {
        const canvas = make("canvas", { width: 1, height: 1, ariaHidden: "true" });
        const button = make("button", { type: "button" }, canvas, make("span", {}, name));
        button.addEventListener("click", () => actions.drawBird(name));
        canvases.push(canvas);
        list.append(make("li", {}, button));
      }
    }
    thumbnails.forEach(({ rgba, side }, i) => {
      const canvas = canvases[i];
      if (canvas && canvas.width !== side) putPixels(canvas, rgba, side, side);
    });
    species.forEach(({ name }, i) => {
      const shown = picture?.bird?.species === name;
      canvases[i]?.parentElement?.setAttribute("aria-pressed", String(shown));
    });
  };
}

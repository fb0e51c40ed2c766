import { byId, make, memo, say } from "../dom";
import { className } from "../labels";
import type { Mass } from "../protocol";
import type { Filter, Render, State } from "../state";
import { enumerate, percent } from "../words";

const AFTER: Readonly<Record<Filter, string>> = {
  c3: "of what C3 keeps",
  c1c: "of what C1C keeps",
  "heat-quantization": "at eight levels",
  none: "with no filter",
};

/** How much of what speaks for the class lies on the bird, where it is known what the bird is. */
export function massesView(): Render {
  let state: State | undefined;
  const draw = memo(() => {
    if (state?.result) drawMasses(state);
  });
  return (next) => {
    state = next;
    byId("masses").hidden = next.picture !== undefined && !next.picture.bird;
    draw(next.result, next.labels);
  };
}

function drawMasses(state: State): void {
  const { result, labels, picture, species } = state;
  const table = byId("masses");
  const [caption, , rows] = table.children;
  if (!result || !(caption instanceof HTMLElement) || !rows) return;
  const { masses, target } = result.explained;
  say(caption, `How much of what speaks for ${className(labels, target)} lies …`);
  say(byId("after-word"), AFTER[result.settings.filter]);
  const bird = picture?.bird;
  const deciding = species.find(({ name }) => name === bird?.species)?.deciding ?? [];
  const names: Readonly<Record<Mass["on"], string>> = {
    whole: "… on the bird",
    deciding: `… on its ${enumerate(deciding)}, which ${deciding.length > 1 ? "decide" : "decides"}`,
    tag: "… on the tag",
  };
  const share = (value: number | undefined): string => (value === undefined ? "none" : percent(value));
  rows.replaceChildren(
    ...masses.map(({ on, area, before, after }) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, names[on]),
        ...[before, after, area].map((value) => make("td", {}, share(value))),
      ),
    ),
  );
}

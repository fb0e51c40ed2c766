import type { Species } from "c3lrp";
import type { Actions } from "../actions";
import { byId, element, memo, say } from "../dom";
import { className } from "../labels";
import { drawParts } from "../parts";
import type { DrawnBird } from "../picture";
import type { Render, State } from "../state";
import { enumerate } from "../words";

/** What is known to be true of a drawn bird, whether the network found it, and the way to other birds. */
export function birdView(actions: Actions): Render {
  const canvas = element("parts", HTMLCanvasElement);
  const show = element("show-parts", HTMLInputElement);
  let bird: DrawnBird | undefined;
  byId("draw").addEventListener("click", () => actions.drawBird());
  byId("draw-same").addEventListener("click", () => actions.drawBird(bird?.species));
  show.addEventListener("change", () => actions.showParts(show.checked));
  const drawTheParts = memo(() => {
    if (bird) drawParts(canvas, bird);
  });
  return (state) => {
    bird = state.picture?.bird;
    byId("truth").hidden = state.picture !== undefined && !bird;
    byId("truth").dataset.waiting = String(state.picture === undefined);
    canvas.hidden = byId("parts-word").hidden = !(bird && state.parts);
    if (!bird) return;
    const species = state.species.find(({ name }) => name === bird?.species);
    say(byId("bird-name"), `${bird.species}, seed ${bird.seed}${tagWord(bird)}`);
    drawVerdict(state, bird);
    say(byId("differs"), species ? differs(species) : "");
    say(byId("draw-same"), `Another ${bird.species}`);
    if (!state.parts) return;
    const parts = species?.deciding ?? [];
    const decide = parts.length > 1 ? "decide" : "decides";
    say(
      byId("parts-word"),
      `Thin line: the whole bird. Thick and hatched: its ${enumerate(parts)}, which ${decide} its species.`,
    );
    drawTheParts(bird);
  };
}

const tagWord = ({ species, tagOf }: DrawnBird): string =>
  tagOf === undefined ? "" : tagOf === species ? ", with its own tag" : `, with the tag of the ${tagOf}`;

/** Only a network that knows the species can be right or wrong about it. */
function drawVerdict({ result, labels }: State, { species }: DrawnBird): void {
  const verdict = byId("verdict");
  const first = result?.ranked[0];
  verdict.hidden = labels?.names.includes(species) === false;
  verdict.dataset.waiting = String(first === undefined);
  if (!first) return;
  const said = className(labels, first.index);
  verdict.dataset.right = String(said === species);
  say(verdict, said === species ? "✓ The network is right." : `✗ The network is wrong: it says ${said}.`);
}

function differs({ nearest, deciding }: Species): string {
  const names = enumerate(nearest.map((name) => `the ${name}`));
  return `Differs from ${names} by its ${enumerate(deciding)}.`;
}

import type { Engine } from "c3lrp/client";
import { birdKey, drawing } from "../bird";
import { birdAsked, CATALOGUE_KEY, isDrawn, isOpen } from "../current";
import type { Want } from "../desk";
import { withOther } from "../easel";
import { saying } from "../errors";
import { birdPicture } from "../picture";
import { type State, withPicture } from "../state";
import { URGENCY } from "./want";

/** One pose, place and light for all thumbnails, so that only the species differ. */
const THUMBNAIL = { seed: 34, side: 128 };

/** Work that needs no network. Failed work is repeated only when a person asks. */
function beside({ troubles }: State, key: string, run: Want["run"]): Want | undefined {
  if (troubles.has(key)) return undefined;
  return {
    key,
    urgency: URGENCY.load,
    beside: true,
    run,
    failed: (error, now) => ({
      troubles: new Set([...now.troubles, key]),
      notice: {
        kind: "error",
        say: saying(error),
        choices: [{ say: ({ t }) => t.work.tryAgain, action: { kind: "retry" } }],
      },
    }),
  };
}

/** Learns which species can be drawn, and which methods there are. */
export function catalogue(engine: Engine, state: State): Want | undefined {
  if (state.species.length > 0) return undefined;
  return beside(state, CATALOGUE_KEY, async () => {
    const { species, methods } = await engine.beside("catalogue", {});
    return () => ({ species, methods });
  });
}

/** Draws the bird to show, with its tag. */
export function bird(engine: Engine, state: State): Want | undefined {
  const asks = birdAsked(state);
  if (!asks || isDrawn(state, asks)) return undefined;
  return beside(state, birdKey(asks), async () => {
    const { tagOf, without } = asks;
    const { bird } = await engine.beside("draw", { bird: drawing(asks) });
    return (now) => withPicture(now, birdPicture({ ...bird, tagOf, without }));
  });
}

/** Draws the other picture to paint with, for a drawn bird: its most similar species in the same pose. */
export function lookalike(engine: Engine, state: State): Want | undefined {
  const { easel, species } = state;
  const bird = easel?.original.bird;
  if (!bird || easel.fill !== "other" || easel.other) return undefined;
  const [nearest] = species.find(({ name }) => name === bird.species)?.nearest ?? [];
  if (nearest === undefined) return undefined;
  const { seed, side } = bird;
  return beside(state, birdKey({ species: nearest, seed, without: bird.without }), async () => {
    const drawn = await engine.beside("draw", {
      bird: { ...drawing({ ...bird, species: nearest, tagOf: undefined }), side },
    });
    const { rgba } = drawn.bird;
    return ({ easel: now }) => (now ? { easel: withOther(now, { width: side, height: side, rgba }) } : {});
  });
}

/** Draws the thumbnails, after the first picture is explained or has failed. */
export function thumbnail(engine: Engine, state: State): Want | undefined {
  const { species, thumbnails } = state;
  const next = species[thumbnails.length];
  if (!next || (!isOpen(state) && thumbnails.length === 0)) return undefined;
  return beside(state, `thumbnail ${next.name}`, async () => {
    const { bird } = await engine.beside("draw", { bird: { species: next.name, ...THUMBNAIL } });
    return (now) => ({ thumbnails: [...now.thumbnails, bird] });
  });
}

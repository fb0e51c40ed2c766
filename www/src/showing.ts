import type { BirdPart } from "c3lrp";
import type { Tag } from "./bird";
import { UserError } from "./errors";
import { withOne } from "./lists";
import { decodePicture, type Picture } from "./picture";
import { type Sample, sampleUrl } from "./samples";
import { withPicture } from "./state";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** The range of random seeds: short enough to read aloud, and not used in training. */
const SEEDS = 1_000_000;

/** A person's actions on the picture: which one is shown, and how a bird is drawn. */
export class Showing {
  /** Counts the requested pictures, so that only the latest one is used. */
  #asked = 0;

  constructor(
    readonly store: Store,
    readonly telling: Telling,
  ) {}

  /** Shows a picture once it has come, unless another one was asked for meanwhile. */
  async take(coming: Promise<Picture>): Promise<void> {
    this.expectNone();
    const turn = this.#asked;
    this.store.update({ reading: true });
    try {
      const picture = await coming;
      // A picture that was requested later may have arrived earlier.
      if (turn === this.#asked) this.show(picture);
    } finally {
      if (turn === this.#asked) this.store.update({ reading: false });
    }
  }

  show(picture: Picture): void {
    this.store.update({ ...withPicture(this.store.state, picture), bird: undefined });
  }

  /** Pictures that are still to come are not shown. */
  expectNone(): void {
    this.#asked++;
  }

  sample = (sample: Sample): void => this.telling.attempt(() => this.take(readSample(sample)));

  /** Draws a bird in a new pose, of a random species if none is named. */
  drawBird = (species?: string): void => {
    const { species: all, bird } = this.store.state;
    const any = all[anyBelow(all.length)]?.name ?? bird?.species;
    const chosen = species ?? any;
    this.expectNone();
    if (chosen) this.store.ask({ bird: { species: chosen, seed: anyBelow(SEEDS) }, reading: false });
  };

  /** Opens or closes the section that removes parts; the bird is then whole again. */
  openParting = (parting: boolean): void => {
    this.store.update({ parting });
    if (!parting) this.#draw([]);
  };

  /** Draws the same bird without a part, or with it again; with all parts if none is named. */
  takeAway = (part?: BirdPart, away = false): void => {
    const { without = [] } = this.store.state.bird ?? {};
    this.#draw(part === undefined ? [] : withOne(without, part, away));
  };

  #draw(without: readonly BirdPart[]): void {
    const { bird } = this.store.state;
    if (!bird || (!bird.without?.length && without.length === 0)) return;
    this.expectNone();
    this.store.ask({ bird: { ...bird, without }, reading: false });
  }

  /** Draws the same bird with another tag. */
  wearTag = (tag: Tag): void => this.store.ask({ tag });
  /** Outlines the true parts of a drawn bird, or not. */
  outline = (parts: boolean): void => this.store.update({ parts });

  /** Lets the network of drawn birds answer for a photograph anyway, or not. */
  insist = (on: boolean): void =>
    this.store.ask({ insisted: on ? this.store.state.picture : undefined, answer: undefined });
}

const anyBelow = (count: number): number => Math.floor(Math.random() * count);

async function readSample(sample: Sample): Promise<Picture> {
  const answer = await fetch(sampleUrl(sample)).catch(() => undefined);
  if (!answer?.ok) throw new UserError(({ t }) => t.errors.sample);
  return { ...(await decodePicture(await answer.blob(), sample.alt)), sample: sample.file };
}

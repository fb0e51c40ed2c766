import type { Engine } from "./engine";
import { birdPicture, type Picture } from "./picture";
import { inLesson, type State, type Store, type Tag } from "./state";

/** The bird that the page opens with. */
const FIRST = { species: "Masked Sunwren", seed: 63 };
/** One pose, place and light for all thumbnails, so that nothing but the species differ. */
const THUMBNAIL = { seed: 34, side: 128 };
/** Seeds that can be read aloud, and that no network has learnt from. */
const SEEDS = 1_000_000;

const anyBelow = (count: number): number => Math.floor(Math.random() * count);

/** Draws birds. */
export class Birds {
  constructor(
    readonly store: Store,
    readonly engine: Engine,
  ) {}

  get #state(): State {
    return this.store.state;
  }

  /** Learns which species and methods there are, and draws the bird that the page opens with. */
  async first(): Promise<Picture> {
    this.store.update(await this.engine.catalogue());
    return await this.draw(FIRST.species, FIRST.seed);
  }

  /** A bird in a fresh pose and place, of any species where none is named. */
  async draw(species = this.#anySpecies(), seed = anyBelow(SEEDS)): Promise<Picture> {
    const tagOf = this.#tagOf(species);
    const options = tagOf === undefined ? {} : { tag: tagOf };
    return birdPicture({ ...(await this.engine.draw({ species, seed, ...options })), tagOf });
  }

  /** The same bird with the tag that it has to wear now; undefined where it does already. */
  retagged(): Promise<Picture> | undefined {
    const bird = this.#state.picture?.bird;
    if (!bird || bird.tagOf === this.#tagOf(bird.species)) return undefined;
    return this.draw(bird.species, bird.seed);
  }

  /** Draws the small pictures of all species, those that are still missing. */
  async drawThumbnails(): Promise<void> {
    const { species } = this.#state;
    for (const { name } of species.slice(this.#state.thumbnails.length)) {
      const bird = await this.engine.draw({ species: name, ...THUMBNAIL });
      this.store.update({ thumbnails: [...this.#state.thumbnails, bird] });
    }
  }

  #anySpecies(): string {
    const { species } = this.#state;
    return species[anyBelow(species.length)]?.name ?? FIRST.species;
  }

  #tagOf(species: string): string | undefined {
    return inLesson(this.#state) ? this.#tags(species)[this.#state.tag] : undefined;
  }

  /** Another's tag is that of a species far off in the list: it has another corner and another colour. */
  #tags(name: string): Record<Tag, string | undefined> {
    const { species } = this.#state;
    const at = species.findIndex((one) => one.name === name);
    return { own: name, none: undefined, other: species[(at + species.length / 2) % species.length]?.name };
  }
}

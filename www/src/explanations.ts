import type { OnProgress } from "c3lrp";
import type { Engine } from "./engine";
import { wantsMasks } from "./methods";
import type { Picture } from "./picture";
import type { Explained } from "./protocol";
import { FILTERS, type Settings, type Store } from "./state";

/** How many explanations of one picture are kept, so that going back to one costs nothing. */
const MOST_KEPT = 48;

/** Explanations of one picture by one network, as the engine gives them, or as they are kept. */
export class Explanations {
  #kept = new Map<string, Explained>();

  constructor(
    readonly store: Store,
    readonly engine: Engine,
  ) {}

  /** After another picture or network, nothing of what was explained is of use. */
  forget(): void {
    this.#kept = new Map();
    this.store.update({ forward: 0 });
  }

  /** What is kept of this, if it is. */
  kept(picture: Picture, settings: Settings): Explained | undefined {
    return this.#kept.get(this.#key(picture, settings));
  }

  /** Whether nothing has to run through the network for this. */
  ready(picture: Picture, settings: Settings): boolean {
    return this.kept(picture, settings) !== undefined || this.#unfiltered(picture, settings) !== undefined;
  }

  /** What is kept of this by another filter. */
  #unfiltered(picture: Picture, settings: Settings): Explained | undefined {
    return FILTERS.map((filter) => this.kept(picture, { ...settings, filter })).find(Boolean);
  }

  async make(picture: Picture, settings: Settings, onProgress: OnProgress): Promise<Explained> {
    const kept = this.#kept;
    if (wantsMasks(settings.method) && this.store.state.minuteMasks === undefined) {
      const { fit } = asked(picture, settings);
      this.store.update({ minuteMasks: await this.engine.measure(picture, fit, onProgress) });
    }
    const options = this.#withMasks(asked(picture, settings));
    const known = this.#unfiltered(picture, settings);
    const explained = known
      ? await this.engine.refilter(known, options.filter, picture.bird)
      : await this.engine.explain(picture, options, onProgress);
    // One that comes after another picture or network was taken is kept for nobody.
    const { target, milliseconds } = explained;
    for (const one of [options, { ...options, target }]) kept.set(JSON.stringify(sorted(one)), explained);
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
    if (kept === this.#kept && milliseconds.forward > 0) this.store.update({ forward: milliseconds.forward });
    return explained;
  }

  #key(picture: Picture, settings: Settings): string {
    return JSON.stringify(sorted(this.#withMasks(asked(picture, settings))));
  }

  #withMasks(settings: Settings): Settings {
    const { minuteMasks: masks } = this.store.state;
    if (!wantsMasks(settings.method) || masks === undefined) return settings;
    return { ...settings, method: { ...settings.method, masks } };
  }
}

/** A drawn bird is square as it is: all of it is taken, whatever is set for other pictures. */
export const asked = (picture: Picture, settings: Settings): Settings =>
  picture.bird ? { ...settings, fit: "whole" } : settings;

/** The same settings are the same text, in whatever order they were set. */
const sorted = ({ target, method, filter, fit }: Settings): unknown => [
  target,
  Object.entries(method).sort(([a], [b]) => a.localeCompare(b)),
  filter,
  fit,
];

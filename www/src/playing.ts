import { atLayer, PICTURE } from "./state";
import type { Store } from "./store";

/** Milliseconds at each boundary. */
const STEP = 350;

/** Shows relevance at one boundary after another, from the class to the picture. */
export class Playing {
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly store: Store) {}

  toggle(): void {
    if (this.store.state.playing) {
      this.stop();
      return;
    }
    this.#to(0);
    this.store.update({ playing: true });
    this.#timer = setInterval(() => this.#to(this.#at() + 1), STEP);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.store.update({ playing: false });
  }

  #at(): number {
    const { answer, layer } = this.store.state;
    const names = answer?.explained.boundaries.map(({ name }) => name) ?? [];
    const at = names.indexOf(layer);
    // Another method or picture may have come meanwhile; then playing ends.
    return at < 0 ? names.length : at;
  }

  #to(at: number): void {
    const layer = this.store.state.answer?.explained.boundaries[at]?.name;
    this.store.update(atLayer(layer ?? PICTURE));
    if (layer !== undefined && layer !== PICTURE) return;
    this.stop();
    this.store.update({ announcement: ({ t }) => t.work.arrived });
  }
}

import { type Closer, following, type Part, panned, STEP, whole, zoomed } from "./closer";
import { keepScale, type Scale } from "./colours";
import { visiblePartOf } from "./current";
import type { Spot } from "./easel";
import { withOne } from "./lists";
import { Playing } from "./playing";
import { atLayer, type Probe } from "./state";
import type { Store } from "./store";

/** A person's actions for looking at the figures; none of them changes the question. */
export class Looking {
  readonly #playing: Playing;

  constructor(readonly store: Store) {
    this.#playing = new Playing(store);
  }

  /** Shows relevance at a boundary, by the library's name. */
  showLayer = (layer: string): void => {
    this.stop();
    this.store.update(atLayer(layer));
  };

  /** Shows relevance at one boundary after another, or stops that. */
  play = (): void => this.#playing.toggle();
  stop = (): void => this.#playing.stop();

  /** Shows the map of one of the layer's channels, or the layer's map again. */
  showChannel = (channel: number | undefined): void => this.store.update({ channel, probe: undefined });

  /** Switches one of the layer's channels off or on; all on if none is named. */
  switchChannel = (channel?: number, off = false): void => {
    this.store.update({ off: channel === undefined ? [] : withOne(this.store.state.off, channel, off) });
  };

  /** Finds classes by their names. */
  search = (query: string): void => this.store.update({ query });
  /** Draws or removes a box around the filtered map's largest region. */
  showBox = (boxed: boolean): void => this.store.update({ boxed });
  setOpacity = (opacity: number): void => this.store.update({ opacity });
  probe = (probe: Probe | undefined): void => this.store.update({ probe });

  /** Zooms by a factor around a spot of a figure, or around the middle. */
  zoom = (factor: number, part?: Part, at?: Spot): void =>
    this.#change((closer) => zoomed(closer, factor, part, at));
  larger = (): void => this.zoom(STEP);
  smaller = (): void => this.zoom(1 / STEP);
  whole = (): void => this.#change(({ of }) => whole(of));
  /** Moves the figures by shares of their width and height. */
  pan = (across: number, down: number, part: Part): void =>
    this.#change((closer) => panned(closer, across, down, part));
  /** Keeps a place of the map in view, given as shares of its width and height. */
  follow = (place: Spot): void => this.#change((closer) => following(closer, place));
  /** Shows the picture alone left of a share of the figure's width, and the map to the right; or the map everywhere. */
  wipe = (wipe: number | undefined): void => this.store.update({ wipe });
  colour = (scale: Scale): void => {
    keepScale(scale);
    this.store.update({ scale });
  };

  #change(change: (closer: Closer) => Closer): void {
    this.store.update({ closer: change(visiblePartOf(this.store.state)) });
  }
}

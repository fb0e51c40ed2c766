import { loading, pictureComing } from "./current";
import { type Link, OWN, readLink, type View, writeLink } from "./link";
import { viewOf } from "./linked";
import type { Remembered } from "./linking";
import { birds, type ModelEntry } from "./models";
import type { Network } from "./network";
import type { Picture } from "./picture";
import { firstState, type State } from "./state";
import type { Store } from "./store";
import type { Words } from "./words/words";

/** The state stored with an address in the browser's history. */
interface Note {
  /** The visit that wrote it: another visit's numbers mean nothing. */
  readonly visit: string;
  readonly picture?: number;
  readonly network?: number;
}

/** How many of a person's own pictures Back can return to. */
const MOST = 8;

/** Keeps the page's address up to date, and follows Back, Forward and links. */
export class Address {
  readonly #visit = crypto.randomUUID();
  readonly #pictures = new Map<number, Picture>();
  readonly #networks = new Map<number, Network>();
  /** The view that the page opens with; its address has no fragment. */
  readonly #first: View;
  /** The last written fragment, and its landmark: what Back should undo. */
  #last: { readonly text: string; readonly landmark: string } | undefined;
  /** Whether the browser already is at the new address, so that no history entry is added. */
  #moved = true;

  constructor(
    readonly store: Store,
    readonly follow: (link: Link, remembered: Remembered) => void,
    entries: readonly ModelEntry[],
    words: Words,
  ) {
    this.#first = { ...viewOf(firstState(entries, words)), network: birds.id };
  }

  /** From now on writes the view into the address, and follows the browser. */
  open(): void {
    this.store.follow((state) => this.#write(state));
    addEventListener("popstate", () => this.#go(history.state));
  }

  #go(note: unknown): void {
    const fragment = location.hash.replace(/^#/, "");
    const link = fragment === "" ? { view: this.#first, left: [] } : readLink(fragment);
    if (!link) return;
    this.#moved = true;
    this.#last = undefined;
    const mine = isNote(note) && note.visit === this.#visit ? note : undefined;
    this.follow(link, {
      picture: mine?.picture === undefined ? undefined : this.#pictures.get(mine.picture),
      network: mine?.network === undefined ? undefined : this.#networks.get(mine.network),
    });
  }

  #write(state: State): void {
    if (!settled(state)) return;
    const view = viewOf(state);
    const note = this.#remember(view, state);
    const text = JSON.stringify([view, note]);
    if (text === this.#last?.text) return;
    const landmark = landmarkOf(view, note);
    const step = !this.#moved && landmark !== this.#last?.landmark;
    this.#moved = false;
    this.#last = { text, landmark };
    const fragment = writeLink(view);
    const bare = fragment === writeLink(this.#first) ? "" : `#${fragment}`;
    const url = location.pathname + location.search + bare;
    try {
      if (step) history.pushState(note, "", url);
      else history.replaceState(note, "", url);
    } catch {
      // Browsers limit the number of changes per second; the next change is written again.
      this.#last = undefined;
    }
  }

  #remember(view: View, { picture, network }: State): Note {
    const own = view.photo && picture;
    if (own) keep(this.#pictures, picture.painted ?? picture.id, picture);
    if (network && view.network === OWN) keep(this.#networks, network.id, network);
    return {
      visit: this.#visit,
      ...(own ? { picture: picture.painted ?? picture.id } : {}),
      ...(network && view.network === OWN ? { network: network.id } : {}),
    };
  }
}

/** Whether the view stays the same until a person changes it. */
const settled = (state: State): boolean =>
  state.arriving === undefined &&
  state.picture !== undefined &&
  state.network !== undefined &&
  !pictureComing(state) &&
  !loading(state) &&
  !state.playing;

/** What Back is expected to undo: a new picture, network, class, method or open section. */
const landmarkOf = (
  { species, seed, sample, photo, network, target, against, method, compare, judge }: View,
  { picture, network: own }: Note,
): string =>
  JSON.stringify([
    [species, seed, sample, photo, picture],
    [network, own, target, against, method?.name],
    [compare !== undefined, judge !== undefined],
  ]);

function isNote(note: unknown): note is Note {
  return typeof note === "object" && note !== null && "visit" in note;
}

/** Keeps the newest entries. */
function keep<T>(among: Map<number, T>, id: number, value: T): void {
  if (among.has(id)) return;
  among.set(id, value);
  for (const oldest of [...among.keys()].slice(0, Math.max(0, among.size - MOST))) among.delete(oldest);
}

import { opening } from "./arriving";
import type { Choosing } from "./choosing";
import { UserError } from "./errors";
import { type Link, writeLink } from "./link";
import { keptBack, viewOf } from "./linked";
import type { Looking } from "./looking";
import { birds } from "./models";
import type { Network } from "./network";
import type { Picture } from "./picture";
import { samples } from "./samples";
import type { Showing } from "./showing";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** A person's own picture and network, remembered during this visit for Back and Forward. */
export interface Remembered {
  readonly picture?: Picture | undefined;
  readonly network?: Network | undefined;
}

/** A person's actions on links: one is followed, or copied. */
export class Linking {
  constructor(
    readonly store: Store,
    readonly telling: Telling,
    readonly choosing: Choosing,
    readonly showing: Showing,
    readonly looking: Looking,
  ) {}

  /** Shows a link's view; missing parts wait, and a person's own picture or network comes from memory. */
  visit = (link: Link, remembered: Remembered = {}): void => {
    const { view } = link;
    const { picture, network } = remembered;
    this.looking.stop();
    this.showing.expectNone();
    this.store.ask(opening(this.store.state, link, picture));
    const sample = samples.find(({ file }) => file === view.sample);
    if (sample && this.store.state.picture?.sample !== sample.file) this.showing.sample(sample);
    if (view.photo && picture && this.store.state.picture !== picture) this.showing.show(picture);
    if (network) {
      if (this.store.state.network?.id !== network.id) this.store.update({ network, awaited: undefined });
    } else this.telling.attempt(() => this.choosing.useLinked(view.network ?? birds.id));
  };

  /** Copies a link to the current view; a person's own picture and network are not in it. */
  copy = (): void =>
    this.telling.attempt(async () => {
      const url = new URL(location.href);
      url.hash = writeLink(viewOf(this.store.state));
      try {
        await navigator.clipboard.writeText(url.href);
      } catch {
        throw new UserError(({ t }) => t.link.notCopied);
      }
      const back = keptBack(this.store.state);
      this.telling.word(({ t }) => t.link.copied(back));
    });
}

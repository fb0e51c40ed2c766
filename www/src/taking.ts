import { batchOf, MOST } from "./batch";
import type { Batching } from "./batching";
import type { Choosing } from "./choosing";
import { pictureComing } from "./current";
import { UserError } from "./errors";
import { type Chosen, sortFiles, sourceFrom } from "./given";
import { decodePicture } from "./picture";
import type { Showing } from "./showing";
import type { State } from "./state";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** Takes a person's files. */
export class Taking {
  constructor(
    readonly store: Store,
    readonly telling: Telling,
    readonly choosing: Choosing,
    readonly showing: Showing,
    readonly batch: Batching,
  ) {}

  /** Takes files that were dropped, pasted or chosen; `kind` if their purpose is known. */
  files = (files: readonly File[], kind?: Chosen): void =>
    this.telling.attempt(async () => {
      const given = await sortFiles(files, kind);
      const { weights, configs, labels, shards, pictures } = given;
      const source = sourceFrom(given);
      // Names that come with weights belong to them.
      if (source) this.choosing.take(source);
      else if (configs.length > 0) this.choosing.takeConfigs(configs);
      else if (shards) throw new UserError(({ t }) => t.errors.partsAlone);
      for (const file of labels) await this.choosing.takeLabels(file, source !== undefined);
      await this.#pictures(pictures);
      const left = weights.filter((file) => !source?.weights.includes(file)).length;
      if (source && left > 0) {
        this.telling.word(({ t }) => t.work.oneNetwork({ name: source.called, count: left + 1 }));
      }
    });

  /** Several pictures make a strip, and the first one is shown. */
  async #pictures(pictures: readonly File[]): Promise<void> {
    const [picture] = pictures;
    const count = pictures.length;
    if (count > 1) this.store.update({ batch: batchOf(pictures) });
    if (count > MOST) this.telling.word(({ t }) => t.batch.many({ most: MOST, count }));
    // A picture from the clipboard has no name of its own.
    if (picture) await this.showing.take(decodePicture(picture, picture.name));
    if (count > 1) this.batch.change({ shown: this.store.state.batch?.items[0]?.id });
  }

  /**
   * Takes files shared from another app; always as pictures, because another page could have sent anything else.
   * The first bird and network come first, or their arrival would remove this message.
   */
  shared = (files: readonly File[]): void => {
    let taken = false;
    const take = (state: State): void => {
      if (taken || pictureComing(state) || state.awaited !== undefined) return;
      taken = true;
      if (files.length > 0) this.files(files, "picture");
      else this.telling.complain(({ t }) => t.errors.notShared);
    };
    this.store.follow(take);
  };
}

import type { Batch, Item } from "./batch";
import { decodePicture } from "./picture";
import { batchCsv } from "./saving/csv";
import { download } from "./saving/save";
import type { Showing } from "./showing";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** A person's actions on several pictures. */
export class Batching {
  constructor(
    readonly store: Store,
    readonly telling: Telling,
    readonly showing: Showing,
  ) {}

  /** Starts or stops explaining all of them. */
  run = (runs: boolean): void => this.change({ runs });

  /** Shows one of them like any picture. */
  show = ({ id, file, result }: Item): void =>
    this.telling.attempt(async () => {
      await this.showing.take(decodePicture(file, file.name));
      this.change({ shown: id });
      // The same network answers here as in the strip.
      if (result?.kind === "done") this.showing.insist(true);
    });

  /** Saves the overview as a table. */
  save = (): void => {
    const type = "text/csv;charset=utf-8";
    download(new Blob([batchCsv(this.store.state)], { type }), "c3lrp-pictures.csv");
  };

  close = (): void => this.store.update({ batch: undefined });

  change(change: Partial<Batch>): void {
    const { batch } = this.store.state;
    if (batch) this.store.update({ batch: { ...batch, ...change } });
  }
}

import type { DeviceChoice } from "c3lrp";
import type { ModelEntry } from "./models";
import type { Sample } from "./samples";
import type { Probe, Settings, Tag } from "./state";

/** What a person can do; the views call these and nothing else. */
export interface Actions {
  /** Files that were dropped, pasted or chosen; `kind` when it is known what they are meant to be. */
  takeFiles(files: readonly File[], kind?: "weights"): void;
  takeSample(sample: Sample): void;
  /** Draws a bird in a fresh pose, of any species where none is named. */
  drawBird(species?: string): void;
  showParts(parts: boolean): void;
  /** Draws the same bird with another tag. */
  wearTag(tag: Tag): void;
  fetchModel(entry: ModelEntry): void;
  forgetModel(entry: ModelEntry): void;
  chooseModel(): void;
  chooseDevice(device: DeviceChoice): void;
  explain(): void;
  explainClass(target: number): void;
  set(change: Partial<Settings>): void;
  search(query: string): void;
  setOpacity(opacity: number): void;
  probe(probe: Probe | undefined): void;
  save(): void;
  cancel(): void;
  complain(text: string): void;
  dismiss(): void;
}

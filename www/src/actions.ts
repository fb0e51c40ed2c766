import type { DeviceChoice, MethodName } from "c3lrp";
import type { ModelEntry } from "./models";
import type { Judge } from "./protocol";
import type { Sample } from "./samples";
import type { Reading, Source } from "./source";
import type { Comparison, Fit, Probe, Settings, Tag } from "./state";

/** What a person can do about several methods side by side. */
export interface ComparingActions {
  open(open: boolean): void;
  pick(name: MethodName, on: boolean): void;
  show(shows: Comparison["shows"]): void;
  /** Runs RISE with so many masks, or as many as take about a minute. */
  rise(masks: number | undefined): void;
  resume(): void;
  cancel(): void;
}

/** What a person can do about how faithful the maps are. */
export interface JudgingActions {
  open(open: boolean): void;
  set(change: Partial<Judge>): void;
  compareWithBaselines(baselines: boolean): void;
  /** Shows the pictures of a map, by its title. */
  choose(title: string): void;
  /** Looks at a point of the curves. */
  lookAt(point: number): void;
  resume(): void;
  cancel(): void;
}

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
  /** Looks a repository up on Hugging Face, by its name or address; no weights are fetched. */
  lookUp(text: string): void;
  /** Loads one of several networks in a file. */
  loadAmong(source: Source, beginning: string): void;
  /** Reads the network that is loaded in another way, and cuts pictures so. */
  readOtherwise(reading: Reading, fit: Fit | undefined): void;
  /** Has the network of drawn birds answer for the photograph all the same; or not. */
  insist(on: boolean): void;
  forgetModel(entry: ModelEntry): void;
  chooseModel(): void;
  chooseDevice(device: DeviceChoice): void;
  explain(): void;
  explainClass(target: number): void;
  set(change: Partial<Settings>): void;
  /** Shows relevance at a boundary, by the library's name. */
  showLayer(layer: string): void;
  readonly playing: { toggle(): void };
  readonly comparing: ComparingActions;
  readonly judging: JudgingActions;
  search(query: string): void;
  setOpacity(opacity: number): void;
  probe(probe: Probe | undefined): void;
  save(): void;
  cancel(): void;
  complain(text: string): void;
  dismiss(): void;
}

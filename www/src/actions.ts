import type { DeviceChoice, MethodName } from "c3lrp";
import type { ModelEntry } from "./models";
import type { Judge } from "./protocol";
import type { Fit, Settings } from "./question";
import type { Sample } from "./samples";
import type { Reading } from "./source";
import type { Comparison, NoticeAction, Probe, Tag, Topic } from "./state";
import type { Language, Say } from "./words/words";

/** What a person can do about several methods side by side. */
export interface ComparingActions {
  open(open: boolean): void;
  pick(name: MethodName, on: boolean): void;
  show(shows: Comparison["shows"]): void;
  /** Runs RISE with so many masks, or as many as take about a minute. */
  rise(masks: number | undefined): void;
  /** Makes the cards that were called off or failed. */
  resume(): void;
  /** Calls the rest off; what is done is kept. */
  cancel(): void;
}

/** What a person can do about how faithful the maps are. */
export interface JudgingActions {
  open(open: boolean): void;
  set(change: Partial<Judge>): void;
  compareWithBaselines(baselines: boolean): void;
  /** Shows the pictures of a map, by its id. */
  choose(id: string): void;
  /** Looks at a point of the curves. */
  lookAt(point: number): void;
  /** Measures what was called off, and what went wrong. */
  resume(): void;
  /** Calls the rest off; what is done is kept. */
  cancel(): void;
}

/** What a person can do; the views call these and nothing else. */
export interface Actions {
  speak(language: Language): void;
  /** Files that were dropped, pasted or chosen; `kind` when it is known what they are meant to be. */
  takeFiles(files: readonly File[], kind?: "weights"): void;
  takeSample(sample: Sample): void;
  /** Draws a bird in a fresh pose, of any species where none is named. */
  drawBird(species?: string): void;
  showParts(parts: boolean): void;
  /** Draws the same bird with another tag. */
  wearTag(tag: Tag): void;
  /** Uses the weights of an entry, fetched if they are not here. */
  use(entry: ModelEntry): void;
  /** Ends a download; what is here of it is kept. */
  cancelDownload(entry: ModelEntry): void;
  forgetModel(entry: ModelEntry): void;
  /** Looks a repository up on Hugging Face, by its name or address; no weights are fetched. */
  lookUp(text: string): void;
  /** Reads the network that is loaded in another way, and cuts pictures so. */
  readOtherwise(reading: Reading, fit: Fit | undefined): void;
  /** Has the network of drawn birds answer for the photograph all the same; or not. */
  insist(on: boolean): void;
  /** Shows or hides the networks to choose from. */
  chooseModel(): void;
  chooseDevice(device: DeviceChoice): void;
  /** Asks again what failed or was called off. */
  retry(): void;
  /** Calls off what the page waits for: the explanation, the download, or loading the network. */
  cancel(): void;
  set(change: Partial<Settings>): void;
  explainClass(target: number): void;
  /** Shows relevance at a boundary, by the library's name. */
  showLayer(layer: string): void;
  /** Shows relevance at one boundary after another, or stops that. */
  play(): void;
  readonly comparing: ComparingActions;
  readonly judging: JudgingActions;
  search(query: string): void;
  setOpacity(opacity: number): void;
  probe(probe: Probe | undefined): void;
  /** Saves both figures as a PNG file. */
  save(): void;
  complain(say: Say, about?: Topic): void;
  dismiss(): void;
  /** Does what a button in the notice says. */
  answerNotice(action: NoticeAction): void;
}

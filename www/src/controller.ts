import type { DeviceChoice, Info } from "c3lrp";
import type { Actions } from "./actions";
import { Birds } from "./birds";
import { fetchBundled } from "./bundled";
import { Comparing } from "./comparing";
import { figurePng } from "./drawing";
import { Engine, EngineError } from "./engine";
import { Explaining } from "./explaining";
import { Explanations } from "./explanations";
import { ENOUGH_FOR_KIND, readHeader } from "./header";
import { Jobs } from "./jobs";
import { Judging } from "./judging";
import { className, imagenetLabels, type Labels } from "./labels";
import { methodTitle, whyNot } from "./methods";
import { birds, type ModelEntry, resnet50 } from "./models";
import { readLabels } from "./names";
import { decodePicture, firstBytes, type Picture } from "./picture";
import { Playing } from "./playing";
import { PRESETS } from "./presets";
import { type Sample, sampleUrl } from "./samples";
import {
  inLesson,
  type Model,
  PICTURE,
  type Probe,
  type Settings,
  type State,
  type Store,
  type Tag,
} from "./state";
import { download, forgetDownload, keptDownload } from "./weights";
import { Cancelled, percent, sentence, UserError } from "./words";

/** Turns what a person does into calls of the engine, and their outcome into states. */
export class Controller implements Actions {
  readonly #engine = new Engine({
    onLostGpu: (why) => this.#lostGpu(why),
    onLoaded: (info) => this.#loadedOn(info),
  });
  readonly #jobs: Jobs;
  readonly #explanations: Explanations;
  readonly #explaining: Explaining;
  readonly #birds: Birds;
  /** Several methods side by side. */
  readonly comparing: Comparing;
  /** How faithful the maps are. */
  readonly judging: Judging;
  /** Relevance shown at one boundary after another. */
  readonly playing: Playing;
  #dropped: Labels | undefined;
  #download: AbortController | undefined;
  /** Counts the pictures that were asked for, and says which of them came last. */
  #asked = 0;
  #taken = 0;

  constructor(
    readonly store: Store,
    readonly announce: (text: string) => void,
  ) {
    this.#jobs = new Jobs(store, announce);
    this.#explanations = new Explanations(store, this.#engine);
    this.judging = new Judging(store, this.#engine, this.#jobs, this.complain);
    this.comparing = new Comparing(
      store,
      this.#engine,
      this.#explanations,
      this.judging,
      this.#jobs,
      this.complain,
    );
    this.#explaining = new Explaining(store, this.#explanations, this.comparing, this.#jobs);
    this.playing = new Playing(store, announce);
    this.#birds = new Birds(store, this.#engine);
  }

  get #state(): State {
    return this.store.state;
  }

  /** Draws a bird and loads the network that comes with the page, unless the person is faster. */
  open = (): Promise<void> =>
    this.#try(async () => {
      const { entries } = this.#state;
      const opening = [this.#takePicture(this.#birds.first()), this.#fetchModel(birds), this.#findKept()];
      try {
        await Promise.all(opening);
        // Who comes with an address of weights comes for them.
        if (entries[0] !== birds && this.#state.model?.entry === birds) this.store.update({ choosing: true });
      } finally {
        await Promise.allSettled(opening);
        await this.#birds.drawThumbnails();
      }
    });

  takeFiles = (files: readonly File[], kind?: "weights"): void => {
    void this.#try(async () => {
      const kinds = await Promise.all(files.map((file) => kindOf(file, kind)));
      const all = (wanted: FileKind): File[] => files.filter((_, at) => kinds[at] === wanted);
      // Names belong to weights that may come with them.
      for (const file of all("weights")) await this.#use(file, file.name.replace(/\.safetensors$/i, ""));
      for (const file of all("labels")) await this.#takeLabels(file);
      const [picture, ...others] = all("picture");
      if (!picture) return;
      await this.#takePicture(decodePicture(picture, picture.name || "the pasted picture"));
      if (others.length === 0) return;
      this.#word(
        `One picture is explained at a time: this is “${picture.name}”, the first of the ${others.length + 1} that you gave.`,
      );
    });
  };

  takeSample = (sample: Sample): void => {
    void this.#try(async () => {
      const answer = await fetch(sampleUrl(sample)).catch(() => undefined);
      if (!answer?.ok)
        throw new UserError(
          "The sample picture could not be fetched. Reload the page, or drop a picture of yours.",
        );
      await this.#takePicture(decodePicture(await answer.blob(), sample.alt));
    });
  };

  drawBird = (species?: string): void => {
    void this.#try(() => this.#takePicture(this.#birds.draw(species)));
  };

  showParts = (parts: boolean): void => this.store.update({ parts });

  wearTag = (tag: Tag): void => {
    this.store.update({ tag });
    void this.#try(async () => {
      const bird = this.#birds.retagged();
      if (bird) await this.#takePicture(bird);
    });
  };

  fetchModel = (entry: ModelEntry): void => {
    void this.#try(() => this.#fetchModel(entry));
  };

  forgetModel = (entry: ModelEntry): void => {
    void this.#try(async () => {
      await forgetDownload(entry.url);
      await this.#findKept();
      this.announce(`${entry.title} is deleted from this device.`);
    });
  };

  chooseModel = (): void => this.store.update({ choosing: !this.#state.choosing });

  chooseDevice = (device: DeviceChoice): void => {
    const { model, device: before } = this.#state;
    this.store.update({ device });
    if (!model) return;
    void this.#try(async () => {
      try {
        await this.#load(model.weights, model.name, model.entry);
      } catch (error) {
        this.store.update({ device: before });
        if (error instanceof EngineError && error.name === "DeviceError") {
          throw new UserError(`${sentence(error)} The network stays where it was.`);
        }
        throw error;
      }
      await this.#explaining.run();
    });
  };

  explain = (): void => {
    void this.#try(() => this.#explaining.run());
  };

  explainClass = (target: number): void => this.set({ target });

  set = (change: Partial<Settings>): void => {
    this.store.update({ settings: { ...this.#state.settings, ...change } });
    this.explain();
  };

  showLayer = (layer: string): void => {
    this.playing.stop();
    this.store.update({ layer, probe: undefined });
  };

  search = (query: string): void => this.store.update({ query });
  setOpacity = (opacity: number): void => this.store.update({ opacity });
  probe = (probe: Probe | undefined): void => this.store.update({ probe });
  complain = (text: string): void => this.store.update({ notice: { kind: "error", text } });
  dismiss = (): void => this.store.update({ notice: undefined });

  cancel = (): void => {
    this.#explaining.cancel();
    if (this.#state.work?.kind === "download") this.#download?.abort();
    else this.#engine.cancel();
  };

  save = (): void => {
    void this.#try(async () => {
      const { picture, result, opacity, labels } = this.#state;
      if (!picture || !result) return;
      const { target, probability } = result.explained;
      const { method, filter } = result.settings;
      const caption = `${className(labels, target)}, ${percent(probability)} · ${methodTitle(method.name)} · left: filter ${filter}; right: red for, blue against`;
      const url = URL.createObjectURL(await figurePng(picture, result.explained, opacity, caption));
      const link = Object.assign(document.createElement("a"), {
        href: url,
        download: `c3lrp-class-${target}.png`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    });
  };

  async #takePicture(coming: Promise<Picture>): Promise<void> {
    const turn = ++this.#asked;
    // While RISE is under way, the worker draws no birds.
    this.#explaining.makeWay();
    void this.comparing.pause();
    const picture = await coming.catch((error: unknown) => {
      this.comparing.follow();
      throw error;
    });
    // One that was asked for later may have come earlier.
    if (turn < this.#taken) return;
    this.#taken = turn;
    const { target: _, ...settings } = this.#state.settings;
    this.store.update({
      picture,
      settings,
      layer: PICTURE,
      result: undefined,
      probe: undefined,
      query: "",
      notice: undefined,
    });
    this.#forget();
    await this.#explaining.run();
  }

  async #takeLabels(file: File): Promise<void> {
    const labels = await readLabels(file, (bytes) => this.#engine.parseLabels(bytes));
    const classes = this.#state.model?.info.classes;
    if (classes !== undefined && classes !== labels.names.length) {
      throw new UserError(
        `“${file.name}” names ${labels.names.length} classes and this network has ${classes}. Drop the list that belongs to it.`,
      );
    }
    this.#dropped = labels;
    if (classes !== undefined) this.store.update({ labels });
    this.#word(`The classes are named by “${file.name}”.`);
  }

  async #fetchModel(entry: ModelEntry): Promise<void> {
    const weights = await this.#fetchWeights(entry);
    try {
      await this.#use(weights, entry.title, entry);
    } catch (error) {
      if (entry.bundled || !(error instanceof EngineError && error.name === "WeightsError")) throw error;
      await forgetDownload(entry.url);
      await this.#findKept();
      throw new UserError(`${sentence(error)} What was downloaded is deleted; choose another network.`);
    }
  }

  async #fetchWeights(entry: ModelEntry): Promise<Blob> {
    this.#download = new AbortController();
    const { signal } = this.#download;
    const job = this.#jobs.begin("download", `Fetching ${entry.title}`);
    const events = { onBytes: job.report, onWord: (word: string) => this.#word(word) };
    try {
      if (entry.bundled) return await fetchBundled(entry, events.onBytes, signal);
      return await download(entry.url, events, signal);
    } finally {
      job.end();
      if (!entry.bundled) await this.#findKept();
    }
  }

  /** Looks up which networks are kept from an earlier download. */
  async #findKept(): Promise<void> {
    const elsewhere = this.#state.entries.filter(({ bundled }) => !bundled);
    const found = await Promise.all(
      elsewhere.map(async ({ id, url }) => [id, await keptDownload(url)] as const),
    );
    const kept = Object.fromEntries(found.flatMap(([id, have]) => (have ? [[id, have]] : [])));
    this.store.update({ kept });
  }

  /** Loads weights and explains the picture with them. */
  async #use(weights: Blob, name: string, entry?: ModelEntry): Promise<void> {
    await this.#load(weights, name, entry);
    // In the lesson birds wear tags, and the lesson needs a bird.
    const needed = inLesson(this.#state) && !this.#state.picture?.bird;
    const bird = needed ? this.#birds.draw() : this.#birds.retagged();
    await (bird ? this.#takePicture(bird) : this.#explaining.run());
  }

  /** Loads weights; on failure what was loaded before stays in use. */
  async #load(weights: Blob, name: string, entry?: ModelEntry): Promise<void> {
    this.#callOff();
    const job = this.#jobs.begin("load", "Loading the network");
    try {
      const info = await this.#engine.load(weights, this.#state.device, job.report);
      const { target: _, ...settings } = this.#state.settings;
      const { method } = settings;
      const model: Model = { name, weights, info, entry };
      this.store.update({
        model,
        settings: whyNot(method.name, info) ? { ...settings, ...PRESETS.measured } : settings,
        minuteMasks: undefined,
        choosing: false,
        result: undefined,
        labels: await this.#labelsFor(info, entry),
      });
      this.#forget();
      this.announce(`${name} is loaded. ${info.reason}`);
    } finally {
      job.end();
      this.comparing.follow();
    }
  }

  /** Calls off whatever is going on, whether it is shown or not. */
  #callOff(): void {
    this.#explaining.cancel();
    void this.comparing.pause();
    this.#download?.abort();
    if (this.#engine.busy) this.#engine.cancel();
  }

  /** After another picture or network, nothing that was found is of use. */
  #forget(): void {
    this.#explanations.forget();
    this.comparing.forget();
    this.judging.forget();
  }

  async #labelsFor(info: Info, entry: ModelEntry | undefined): Promise<Labels | undefined> {
    if (this.#dropped?.names.length === info.classes) return this.#dropped;
    if (info.labels) return { names: info.labels, from: "the weights file" };
    if (info.classes !== 1000) return undefined;
    const labels = await imagenetLabels();
    // Of weights from elsewhere, the number of classes is all that says so.
    return labels && entry?.id !== resnet50.id
      ? { ...labels, from: "a guess: probably ImageNet, by their number", guessed: true }
      : labels;
  }

  #lostGpu({ wrong }: EngineError): void {
    this.store.update({ device: "cpu", minuteMasks: undefined });
    this.#word(
      `${wrong ? "The GPU computed something wrong, which is not shown" : "The GPU went away"}, so the engine was started ` +
        "afresh on the CPU. Your picture and the weights are still here.",
    );
  }

  #loadedOn(info: Info): void {
    const { model } = this.#state;
    if (model) this.store.update({ model: { ...model, info } });
  }

  #word(text: string): void {
    this.store.update({ notice: { kind: "word", text } });
  }

  /** Runs what a person asked for; whatever goes wrong becomes one sentence, here and nowhere else. */
  async #try(doing: () => Promise<void>): Promise<void> {
    this.store.update({ notice: undefined });
    try {
      await doing();
    } catch (error) {
      if (!(error instanceof Cancelled)) this.complain(sentence(error));
    }
  }
}

type FileKind = "picture" | "weights" | "labels";

/**
 * What a file is: a picture by its first bytes, whatever it is called, and everything else by its name.
 * Where weights are chosen, it is those unless its name says that it is labels.
 */
async function kindOf(file: File, chosen?: "weights"): Promise<FileKind> {
  const name = file.name.toLowerCase();
  const begin = await firstBytes(file, file.name, ENOUGH_FOR_KIND);
  if (!chosen && readHeader(begin)) return "picture";
  if (/\.(json|txt|csv|tsv)$/.test(name)) return "labels";
  if (chosen || /\.safetensors$/.test(name)) return "weights";
  if (file.type.startsWith("image/") || /\.(jpe?g|png|webp|gif|bmp|avif|heic|svg)$/.test(name))
    return "picture";
  throw new UserError(
    `“${file.name}” is neither a picture, nor a .safetensors file with weights, nor a .txt, .json or .csv list of class names. Drop one of these.`,
  );
}

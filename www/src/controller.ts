import type { DeviceChoice, Info } from "c3lrp";
import type { Actions } from "./actions";
import { Birds } from "./birds";
import { fetchBundled } from "./bundled";
import { Comparing } from "./comparing";
import { figurePng } from "./drawing";
import { Engine, EngineError } from "./engine";
import { Explaining } from "./explaining";
import { Explanations } from "./explanations";
import { sourceAmong, toldApart } from "./given";
import {
  fetchRepository,
  forgetRepository,
  keptOf,
  keptRepositories,
  keptRepository,
  originWords,
  parseAddress,
  readRepository,
  repositoryWords,
} from "./hub";
import { Jobs } from "./jobs";
import { Judging } from "./judging";
import { className, imagenetLabels, type Labels } from "./labels";
import { methodTitle, whyNot } from "./methods";
import { birds, type ModelEntry, repositoryEntry } from "./models";
import { readLabels } from "./names";
import { decodePicture, type Picture } from "./picture";
import { Playing } from "./playing";
import { PRESETS } from "./presets";
import { type Sample, sampleUrl } from "./samples";
import { type Among, type Config, type Reading, type Source, severalNetworks, withConfigs } from "./source";
import {
  type Fit,
  inLesson,
  type Model,
  PICTURE,
  type Probe,
  type Settings,
  type State,
  type Store,
  type Tag,
} from "./state";
import { type DownloadEvents, download, forgetDownload, keptDownload } from "./weights";
import { Cancelled, enumerate, percent, sentence, UserError } from "./words";

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
      const given = await toldApart(files, kind);
      const { weights, configs, labels, shards } = given;
      const source = sourceAmong(given);
      // Names belong to weights that may come with them.
      if (source) await this.#use(source);
      else if (configs.length > 0) await this.#takeConfigs(configs);
      else if (shards) throw new UserError("This is the list of a network's parts. Drop the parts with it.");
      for (const file of labels) await this.#takeLabels(file);
      const [picture, ...others] = given.pictures;
      const [one, ...rest] = weights.filter((file) => !source?.weights.includes(file));
      if (picture) await this.#takePicture(decodePicture(picture, picture.name || "the pasted picture"));
      if (one) {
        this.#word(
          `One network is loaded at a time: this is “${source?.called}”, the first of the ${rest.length + 2} that you gave.`,
        );
      } else if (picture && others.length > 0) {
        this.#word(
          `One picture is explained at a time: this is “${picture.name}”, the first of the ${others.length + 1} that you gave.`,
        );
      }
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

  lookUp = (text: string): void => {
    if (this.#state.looking) return;
    void this.#try(async () => {
      const address = parseAddress(text);
      if (!address) {
        throw new UserError(
          "Write the name of a network on huggingface.co as owner/name, such as timm/resnet34.tv_in1k, or give its page's address.",
        );
      }
      this.store.update({ looking: true, looked: undefined });
      try {
        const found = await readRepository(address, new AbortController().signal);
        this.store.update({ looked: repositoryEntry(found.name, found) });
        await this.#findKept();
        this.announce(`${found.name}: ${repositoryWords(found)}`);
      } finally {
        this.store.update({ looking: false });
      }
    });
  };

  loadAmong = (source: Source, network: string): void => {
    void this.#try(() => this.#use({ ...source, network }));
  };

  readOtherwise = (reading: Reading, fit: Fit | undefined): void => {
    const { model } = this.#state;
    if (!model) return;
    void this.#try(async () => {
      const cut = (): void => {
        const { fit: _, ...settings } = this.#state.settings;
        this.store.update({ settings: fit ? { ...settings, fit } : settings });
      };
      const same = JSON.stringify(reading) === JSON.stringify(model.reading);
      // A picture can be cut in another way by the network as it is.
      if (!same) await this.#load({ ...model, reading });
      cut();
      await this.#explaining.run();
    });
  };

  insist = (on: boolean): void => {
    if (on) this.store.update({ insisted: this.#state.picture });
    else {
      this.store.update({ insisted: undefined, result: undefined });
      this.#forget();
    }
    this.explain();
  };

  forgetModel = (entry: ModelEntry): void => {
    void this.#try(async () => {
      const repository = this.#state.kept[entry.id]?.repository;
      if (repository) await forgetRepository(repository);
      else await forgetDownload(entry.url);
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
        await this.#load(model);
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
      insisted: undefined,
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

  /** Reads the network in use anew, as a configuration says that came after it. */
  async #takeConfigs(configs: readonly Config[]): Promise<void> {
    const { model } = this.#state;
    const files = enumerate(configs.map(({ file }) => `“${file}”`));
    if (!model || model.entry?.bundled) {
      throw new UserError(
        `${files} describes a network that is not loaded. Drop it together with its weights, or after them.`,
      );
    }
    const { fit: _, ...settings } = this.#state.settings;
    await this.#load(withConfigs(model, configs));
    this.store.update({ settings });
    await this.#explaining.run();
    this.#word(`The network is read as ${files} says.`);
  }

  async #fetchModel(entry: ModelEntry): Promise<void> {
    const source =
      entry.repository === undefined
        ? await this.#fetchFile(entry)
        : await this.#fetchRepository(entry, entry.repository);
    try {
      await this.#use(source);
    } catch (error) {
      if (entry.bundled || error instanceof SeveralNetworks) throw error;
      if (!(error instanceof EngineError && error.name === "WeightsError")) throw error;
      const repository = this.#state.kept[entry.id]?.repository;
      await (repository ? forgetRepository(repository) : forgetDownload(entry.url));
      await this.#findKept();
      throw new UserError(`${sentence(error)} What was downloaded is deleted; choose another network.`);
    }
  }

  /** Fetches weights that are one file, at an entry's address. */
  async #fetchFile(entry: ModelEntry): Promise<Source> {
    const { title: name, url } = entry;
    const file = await this.#downloading(entry, (events, signal) =>
      entry.bundled ? fetchBundled(entry, events.onBytes, signal) : download(url, events, signal),
    );
    const called = URL.parse(url)?.pathname.split("/").at(-1) ?? name;
    return { name, called, weights: [file], configs: [], reading: {}, entry };
  }

  /** Fetches a repository's weights at one commit, and holds them against what their author publishes. */
  async #fetchRepository(entry: ModelEntry, name: string): Promise<Source> {
    const { found, weights } = await this.#downloading(entry, async (events, signal) => {
      const kept = await keptRepository(name);
      const found = entry.found ?? kept ?? (await readRepository({ name }, signal));
      return await fetchRepository(found, kept, events, signal);
    });
    return {
      name: entry.title,
      called: name,
      weights,
      configs: found.configs,
      reading: {},
      entry,
      origin: originWords(found),
    };
  }

  async #downloading<T>(
    entry: ModelEntry,
    work: (events: DownloadEvents, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#download = new AbortController();
    const job = this.#jobs.begin("download", `Fetching ${entry.title}`);
    const events = { onBytes: job.report, onWord: (word: string) => this.#word(word) };
    try {
      return await work(events, this.#download.signal);
    } finally {
      job.end();
      if (!entry.bundled) await this.#findKept();
    }
  }

  /** Looks up which networks are kept from an earlier download; other repositories than the page's are offered too. */
  async #findKept(): Promise<void> {
    const repositories = await keptRepositories();
    const known = this.#state.entries.filter((entry) => !entry.recalled);
    const recalled = repositories
      .filter(({ name }) => !known.some(({ repository }) => repository === name))
      .map((found): ModelEntry => ({ ...repositoryEntry(found.name, found), recalled: true }));
    const entries = [...known, ...recalled];
    const { looked } = this.#state;
    const found = await Promise.all(
      [...entries, ...(looked ? [looked] : [])].map(
        async ({ id, url, bundled, repository, found: newest }) => {
          const one = repositories.find(({ name }) => name === repository);
          // What is kept of an older commit is not what was looked up.
          const current = one && (newest === undefined || one.commit === newest.commit) ? one : undefined;
          if (bundled) return [id, undefined] as const;
          return [id, repository ? current && (await keptOf(current)) : await keptDownload(url)] as const;
        },
      ),
    );
    const kept = Object.fromEntries(found.flatMap(([id, have]) => (have ? [[id, have]] : [])));
    this.store.update({ kept, entries });
  }

  /** Loads weights and explains the picture with them. */
  async #use(source: Source): Promise<void> {
    await this.#load(source);
    // In the lesson birds wear tags, and the lesson needs a bird.
    const needed = inLesson(this.#state) && !this.#state.picture?.bird;
    const bird = needed ? this.#birds.draw() : this.#birds.retagged();
    await (bird ? this.#takePicture(bird) : this.#explaining.run());
  }

  /** Loads weights; on failure what was loaded before stays in use. */
  async #load(source: Source): Promise<void> {
    this.#callOff();
    const job = this.#jobs.begin("load", "Loading the network");
    try {
      const info = await this.#engine.load(source, this.#state.device, job.report);
      const { target: _, fit, ...others } = this.#state.settings;
      // How a picture is cut goes with the network that it was set for.
      const same = this.#state.model?.weights === source.weights;
      const settings = same && fit ? { ...others, fit } : others;
      const { method } = settings;
      const model: Model = { ...source, info };
      this.store.update({
        model,
        settings: whyNot(method.name, info) ? { ...settings, ...PRESETS.measured } : settings,
        minuteMasks: undefined,
        choosing: false,
        result: undefined,
        labels: await this.#labelsFor(info, source.entry),
      });
      this.#forget();
      this.announce(`${source.name} is loaded. ${info.reason}`);
    } catch (error) {
      const networks = error instanceof EngineError ? severalNetworks(error.message) : [];
      throw networks.length > 1 ? new SeveralNetworks(source, networks) : error;
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
    return labels && !entry?.photographs
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
      if (error instanceof SeveralNetworks) {
        const { source, networks, message: text } = error;
        this.store.update({ notice: { kind: "word", text, choices: { source, networks } } });
      } else if (!(error instanceof Cancelled)) this.complain(sentence(error));
    }
  }
}

/** A file holds several networks, and the person says which one is meant. */
class SeveralNetworks extends Error {
  constructor(
    readonly source: Source,
    readonly networks: readonly Among[],
  ) {
    super(`“${source.called}” holds ${networks.length} networks. Choose the one to be explained.`);
  }
}

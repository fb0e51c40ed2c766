import type { BirdPart, DeviceChoice } from "c3lrp";
import { Cancelled, type Engine, type EngineEvents, forgetDownload, machine, Pool } from "c3lrp/client";
import type { Remembered } from "./address";
import { done, put } from "./answer";
import { arrived, opening } from "./arriving";
import { type Batch, batchOf, type Item, MOST, withoutFailures } from "./batch";
import type { Tag } from "./bird";
import { startLight, startWorker } from "./browser";
import { Camera } from "./camera";
import { Comparing } from "./comparing";
import { singles } from "./contrast";
import { isOld, loading, pictureComing, questionOf, targetOf } from "./current";
import { Desk } from "./desk";
import { Downloads } from "./downloads";
import { saying, UserError } from "./errors";
import { type Chosen, sortFiles, sourceFrom } from "./given";
import { type Config, forgetRepository, parseAddress, readRepository } from "./hub";
import { imagenetNames } from "./imagenet";
import { Judging } from "./judging";
import { readLabels } from "./labels";
import { type Link, writeLink } from "./link";
import { keptBack, viewOf } from "./linked";
import { withOne } from "./lists";
import { Looking } from "./looking";
import { birds, type ModelEntry, repositoryEntry, taggedBirds } from "./models";
import type { Network } from "./network";
import type { Notice, NoticeAction, Topic } from "./notices";
import { caughtUp, Painting } from "./painting";
import { decodePicture, type Picture } from "./picture";
import { Playing } from "./playing";
import { type Against, type Fit, questionKey, type Settings } from "./question";
import { type Sample, samples, sampleUrl } from "./samples";
import { batchCsv } from "./saving/csv";
import { download, type Format, save } from "./saving/save";
import { type Reading, type Source, withConfigs } from "./source";
import { atLayer, type Probe, type State, withPicture } from "./state";
import type { Store } from "./store";
import { wantsOf } from "./wants";
import { shown } from "./wants/explanation";
import { lostGpu } from "./wants/network";
import { keepLanguage, type Language, loadWords, type Say } from "./words/words";

/** The range of random seeds: short enough to read aloud, and not used in training. */
const SEEDS = 1_000_000;

/**
 * Turns a person's actions into a new state. The engine's work follows from the state, and the view from the engine's
 * answers.
 */
export class Controller {
  readonly #pool: Pool;
  readonly #downloads: Downloads;
  readonly #playing: Playing;
  /** Counts the requested pictures, so that only the latest one is used. */
  #asked = 0;
  #networks = 0;
  /** The last network that ImageNet's names were fetched for. */
  #namedFor = 0;

  constructor(readonly store: Store) {
    const events: EngineEvents = {
      onLostGpu: (why) => store.update({ device: "cpu", loadedBy: "cpu", notice: lostGpu(why) }),
      onLoaded: (info) => {
        const { model } = store.state;
        if (model) store.update({ model: { ...model, info } });
      },
    };
    this.#pool = new Pool(startWorker, events, machine(), { light: startLight });
    // A message about a download must still be readable when its network is used.
    this.#downloads = new Downloads(store, (source) => this.#useSource(source, wordIn(store.state)));
    this.#playing = new Playing(store);
    this.camera = new Camera(store, (doing) => this.#try(doing));
    this.looking = new Looking(store);
    this.comparing = new Comparing(store);
    this.judging = new Judging(store);
    this.painting = new Painting(
      store,
      (doing) => this.#try(doing),
      (file) => decodePicture(file, file.name),
    );
  }

  /** The worker that has what the person looks at. */
  get #engine(): Engine {
    return this.#pool.first;
  }

  get #state(): State {
    return this.store.state;
  }

  /** Opens the page: with a link's view, or the first bird and the bundled network. */
  open(link?: Link): void {
    new Desk(
      this.store,
      wantsOf(this.#engine, (entry) => void this.#deleteKept(entry)),
      this.#pool,
    ).open();
    this.store.follow((state) => {
      const known = shown(state);
      const change = { ...known, ...caughtUp({ ...state, ...known }), ...arrived({ ...state, ...known }) };
      if (Object.keys(change).length > 0) this.store.update(change);
      this.#nameImagenet(state);
    });
    const [first] = this.#state.entries;
    if (link) this.visit(link);
    else if (!this.#state.network) this.use(birds);
    // An address with weights is opened for those weights.
    if (first !== birds && !link) this.store.update({ choosing: true });
    void this.#downloads.findKept();
  }

  /** Shows a link's view; missing parts wait, and a person's own picture or network comes from memory. */
  visit = (link: Link, remembered: Remembered = {}): void => {
    const { view } = link;
    const { picture, network } = remembered;
    this.#playing.stop();
    this.#asked++;
    this.#update(opening(this.#state, link, picture));
    const sample = samples.find(({ file }) => file === view.sample);
    if (sample && this.#state.picture?.sample !== sample.file) this.takeSample(sample);
    if (view.photo && picture && this.#state.picture !== picture)
      this.store.update({ ...withPicture(this.#state, picture), bird: undefined });
    if (network) {
      if (this.#state.network?.id !== network.id) this.store.update({ network, awaited: undefined });
    } else this.#try(() => this.#useLinked(view.network ?? birds.id));
  };

  /** Uses the network that a link names if it is available; otherwise offers to download it. */
  async #useLinked(id: string): Promise<void> {
    if (this.#state.network?.entry?.id === id) return;
    const { arriving } = this.#state;
    const among = (): ModelEntry | undefined =>
      [...this.#state.entries, this.#state.looked].find((entry) => entry?.id === id);
    if (!among()?.bundled) await this.#downloads.findKept();
    // Another link may have been followed meanwhile.
    if (this.#state.arriving?.view !== arriving?.view) return;
    const repository = parseAddress(id.replace(/^repository:/, ""))?.name;
    const named = repository && id === `repository:${repository}` ? repositoryEntry(repository) : undefined;
    const entry = among() ?? named;
    if (!entry) {
      if (!this.#state.network) this.use(birds);
    } else if (entry.bundled || this.#state.kept[id]?.complete) this.use(entry);
    else this.store.update({ choosing: true, awaited: undefined, notice: offered(entry) });
  }

  /** Copies a link to the current view; a person's own picture and network are not in it. */
  copyLink = (): void =>
    this.#try(async () => {
      const url = new URL(location.href);
      url.hash = writeLink(viewOf(this.#state));
      try {
        await navigator.clipboard.writeText(url.href);
      } catch {
        throw new UserError(({ t }) => t.link.notCopied);
      }
      const back = keptBack(this.#state);
      this.#word(({ t }) => t.link.copied(back));
    });

  speak = (language: Language): void => {
    keepLanguage(language);
    this.#try(async () => this.store.update({ words: await loadWords(language) }));
  };

  /** Takes files that were dropped, pasted or chosen; `kind` if their purpose is known. */
  takeFiles = (files: readonly File[], kind?: Chosen): void =>
    this.#try(async () => {
      const given = await sortFiles(files, kind);
      const { weights, configs, labels, shards } = given;
      const source = sourceFrom(given);
      // Names that come with weights belong to them.
      if (source) this.#useSource(source);
      else if (configs.length > 0) this.#takeConfigs(configs);
      else if (shards) throw new UserError(({ t }) => t.errors.partsAlone);
      for (const file of labels) await this.#takeLabels(file, source !== undefined);
      const [picture] = given.pictures;
      const left = weights.filter((file) => !source?.weights.includes(file)).length;
      // Several pictures make a strip, and the first one is shown.
      if (given.pictures.length > 1) this.store.update({ batch: batchOf(given.pictures) });
      if (given.pictures.length > MOST)
        this.#word(({ t }) => t.batch.many({ most: MOST, count: given.pictures.length }));
      // A picture from the clipboard has no name of its own.
      if (picture) await this.#takePicture(decodePicture(picture, picture.name));
      if (given.pictures.length > 1) this.#batch({ shown: this.#state.batch?.items[0]?.id });
      if (source && left > 0) {
        this.#word(({ t }) => t.work.oneNetwork({ name: source.called, count: left + 1 }));
      }
    });

  /**
   * Takes files shared from another app; always as pictures, because another page could have sent anything else.
   * The first bird and network come first, or their arrival would remove this message.
   */
  takeShared = (files: readonly File[]): void => {
    let taken = false;
    const take = (state: State): void => {
      if (taken || pictureComing(state) || state.awaited !== undefined) return;
      taken = true;
      if (files.length > 0) this.takeFiles(files, "picture");
      else this.complain(({ t }) => t.errors.notShared);
    };
    this.store.follow(take);
  };

  /** A person's actions on several pictures. */
  readonly batch = {
    /** Starts or stops explaining all of them. */
    run: (runs: boolean): void => this.#batch({ runs }),
    /** Shows one of them like any picture. */
    show: ({ id, file, result }: Item): void =>
      this.#try(async () => {
        await this.#takePicture(decodePicture(file, file.name));
        this.#batch({ shown: id });
        // The same network answers here as in the strip.
        if (result?.kind === "done") this.insist(true);
      }),
    /** Saves the overview as a table. */
    save: (): void => {
      const type = "text/csv;charset=utf-8";
      download(new Blob([batchCsv(this.#state)], { type }), "c3lrp-pictures.csv");
    },
    close: (): void => this.store.update({ batch: undefined }),
  };

  #batch(change: Partial<Batch>): void {
    const { batch } = this.#state;
    if (batch) this.store.update({ batch: { ...batch, ...change } });
  }

  takeSample = (sample: Sample): void => this.#try(() => this.#takePicture(readSample(sample)));

  /** Draws a bird in a new pose, of a random species if none is named. */
  drawBird = (species?: string): void => {
    const { species: all, bird } = this.#state;
    const any = all[anyBelow(all.length)]?.name ?? bird?.species;
    const chosen = species ?? any;
    this.#asked++;
    if (chosen) this.#update({ bird: { species: chosen, seed: anyBelow(SEEDS) }, reading: false });
  };

  /** Opens or closes the section that removes parts; the bird is then whole again. */
  openParting = (parting: boolean): void => {
    this.store.update({ parting });
    if (!parting) this.#draw([]);
  };

  /** Draws the same bird without a part, or with it again; with all parts if none is named. */
  takeAway = (part?: BirdPart, away = false): void => {
    const { without = [] } = this.#state.bird ?? {};
    this.#draw(part === undefined ? [] : withOne(without, part, away));
  };

  #draw(without: readonly BirdPart[]): void {
    const { bird } = this.#state;
    if (!bird || (!bird.without?.length && without.length === 0)) return;
    this.#asked++;
    this.#update({ bird: { ...bird, without }, reading: false });
  }

  showParts = (parts: boolean): void => this.store.update({ parts });
  /** Draws the same bird with another tag. */
  wearTag = (tag: Tag): void => this.#update({ tag });

  /** Uses an entry's weights, and downloads them if needed. */
  use = (entry: ModelEntry): void => {
    this.#update({});
    void this.#downloads.start(entry);
  };

  /** Ends a download; the part that has arrived is kept. */
  cancelDownload = ({ id }: ModelEntry): void => this.#downloads.cancel(id);

  forgetModel = (entry: ModelEntry): void =>
    this.#try(async () => {
      await this.#deleteKept(entry);
      this.store.update({ announcement: (words) => words.t.work.deleted(entry.title(words)) });
    });

  /** Looks a repository up on Hugging Face, by its name or address; no weights are fetched. */
  lookUp = (text: string): void =>
    this.#try(async () => {
      if (this.#state.looking) return;
      const address = parseAddress(text);
      if (!address) throw new UserError(({ t }) => t.errors.hubName);
      this.store.update({ looking: true, looked: undefined });
      try {
        const found = await readRepository(address, new AbortController().signal);
        const looked = repositoryEntry(found.name, found);
        this.store.update({ looked });
        await this.#downloads.findKept();
        this.store.update({ announcement: (words) => `${found.name}: ${looked.about(words)}` });
      } finally {
        this.store.update({ looking: false });
      }
    });

  /** Reads the loaded network with other settings, and crops pictures accordingly. */
  readOtherwise = (reading: Reading, fit: Fit | undefined): void => {
    const { network, settings } = this.#state;
    if (!network) return;
    const { fit: _, ...others } = settings;
    const cut = fit ? { ...others, fit } : others;
    // Another crop needs no other network.
    const same = JSON.stringify(reading) === JSON.stringify(network.reading);
    const anew = same ? {} : { network: this.#numbered({ ...network, reading }) };
    this.#update({ settings: cut, ...anew }, "reading");
  };

  /** Lets the network of drawn birds answer for a photograph anyway, or not. */
  insist = (on: boolean): void =>
    this.#update({ insisted: on ? this.#state.picture : undefined, answer: undefined });

  /** Shows or hides the networks to choose from. */
  chooseModel = (): void => this.store.update({ choosing: !this.#state.choosing });
  chooseDevice = (device: DeviceChoice): void => this.#update({ device });

  /** Removes failed and cancelled outcomes, so that they are asked for again. */
  retry = (): void => {
    const asked = [questionOf(this.#state), ...singles(this.#state).map(({ question }) => question)];
    const outcomes = done(this.#state.outcomes, asked);
    const { concepts, silenced, parted } = this.#state;
    const others = { concepts: done(concepts), silenced: done(silenced), parted: done(parted) };
    const batch = withoutFailures(this.#state.batch);
    this.#update({ outcomes, ...others, batch, troubles: new Set(), notice: undefined });
    if (!this.#state.network) this.use(birds);
  };

  /** Cancels what the page waits for: the explanation, the download, or loading the network. */
  cancel = (): void => {
    const { awaited, model, loadedBy, outcomes } = this.#state;
    const question = questionOf(this.#state);
    if (awaited !== undefined) this.#downloads.cancel(awaited);
    else if (loading(this.#state)) this.store.update({ network: model, device: loadedBy });
    else if (question) {
      const off = put(outcomes, questionKey(question), { kind: "off" });
      this.store.update({ answer: undefined, outcomes: off });
    }
  };

  set = (change: Partial<Settings>): void => this.#ask({ ...this.#state.settings, ...change });

  /** Explains a class, and ends a contrast with another class. */
  explainClass = (target: number): void => {
    const { against, ...others } = this.#state.settings;
    const kept = against === undefined || against === target ? {} : { against };
    this.#ask({ ...others, ...kept, target });
  };

  /** Sets the explained class against others, or ends the contrast. */
  holdAgainst = (against: Against | undefined): void => {
    const { against: _, ...settings } = this.#state.settings;
    const target = targetOf(this.#state);
    const alone = against === undefined || target === undefined || against === target;
    this.#ask(alone ? settings : { ...settings, target, against });
  };

  #ask(settings: Settings): void {
    const { arriving } = this.#state;
    // Asking again restarts cancelled work.
    const outcomes = done(this.#state.outcomes, [questionOf({ ...this.#state, settings })]);
    this.#update(
      { settings, outcomes, arriving: arriving?.until === "photo" ? undefined : arriving },
      "settings",
    );
  }

  /** Shows relevance at a boundary, by the library's name. */
  showLayer = (layer: string): void => {
    this.#playing.stop();
    this.store.update(atLayer(layer));
  };

  /** Shows the map of one of the layer's channels, or the layer's map again. */
  showChannel = (channel: number | undefined): void => this.store.update({ channel, probe: undefined });

  /** Switches one of the layer's channels off or on; all on if none is named. */
  switchChannel = (channel?: number, off = false): void => {
    this.store.update({ off: channel === undefined ? [] : withOne(this.#state.off, channel, off) });
  };

  /** Shows relevance at one boundary after another, or stops that. */
  play = (): void => this.#playing.toggle();
  search = (query: string): void => this.store.update({ query });
  /** Draws or removes a box around the filtered map's largest region. */
  showBox = (boxed: boolean): void => this.store.update({ boxed });
  setOpacity = (opacity: number): void => this.store.update({ opacity });
  probe = (probe: Probe | undefined): void => this.store.update({ probe });
  complain = (say: Say, about?: Topic): void => this.store.update({ notice: { kind: "error", say, about } });
  dismiss = (): void => this.store.update({ notice: undefined });

  /** Does what a button in the notice says. */
  answerNotice = (action: NoticeAction): void => {
    this.dismiss();
    switch (action.kind) {
      case "among":
        this.#useSource({ ...action.source, network: action.network });
        break;
      case "use":
        this.#useSource(action.source);
        break;
      case "fetch":
        // A repository's contents are shown before it is downloaded.
        if (action.entry.repository && !this.#state.entries.includes(action.entry))
          this.lookUp(action.entry.repository);
        else this.use(action.entry);
        break;
      case "retry":
        this.retry();
        break;
      default:
        action satisfies never;
    }
  };

  /** Saves what is shown as a file. */
  save = (format: Format): void => {
    const { answer } = this.#state;
    if (!answer || isOld(this.#state)) return;
    if (format === "arrays") this.store.update({ saving: answer });
    else this.#try(() => save(this.#state, format));
  };

  /** A person's actions for looking at the figures. */
  readonly looking: Looking;

  /** A person's actions for painting over a picture. */
  readonly painting: Painting;
  /** A person's actions on the camera. */
  readonly camera: Camera;

  /** A person's actions on the comparison of methods. */
  readonly comparing: Comparing;
  /** A person's actions on the faithfulness section. */
  readonly judging: Judging;

  #update(change: Partial<State>, about?: Topic): void {
    this.store.ask(change, about);
  }

  async #takePicture(coming: Promise<Picture>): Promise<void> {
    const turn = ++this.#asked;
    this.store.update({ reading: true });
    try {
      const picture = await coming;
      // A picture that was requested later may have arrived earlier.
      if (turn === this.#asked) this.store.update({ ...withPicture(this.#state, picture), bird: undefined });
    } finally {
      if (turn === this.#asked) this.store.update({ reading: false });
    }
  }

  /** A list dropped with weights belongs to them; any other list names the current network, or waits for one that it fits. */
  async #takeLabels(file: File, withWeights: boolean): Promise<void> {
    const { name } = file;
    const labels = await readLabels(file, (bytes) => this.#engine.parseLabels(bytes));
    const count = labels.names.length;
    const { network, model, named } = this.#state;
    if (withWeights && network) {
      this.store.update({ named: { ...named, [network.id]: labels } });
    } else if (!model || loading(this.#state) || model.entry?.bundled) {
      this.store.update({ waiting: labels });
      this.#word(({ t }) => t.work.labelsWait({ file: name, count }));
    } else if (model.info.classes === count) {
      this.store.update({ named: { ...named, [model.id]: labels } });
      this.#word(({ t }) => t.work.labelsTaken(name));
    } else {
      const { classes } = model.info;
      throw new UserError(({ t }) => t.errors.labelsCount({ name, names: count, classes }));
    }
  }

  /** Reads the current network again with a configuration that came later. */
  #takeConfigs(configs: readonly Config[]): void {
    const { network, settings } = this.#state;
    const files = configs.map(({ file }) => file);
    if (!network || network.entry?.bundled) throw new UserError(({ t }) => t.errors.configAlone(files));
    const { fit: _, ...others } = settings;
    this.store.update({
      network: this.#numbered({ ...withConfigs(network, configs), altered: true }),
      settings: others,
    });
    this.#word(({ t }) => t.work.readAs(files));
  }

  /** Uses another network from now on; in the lesson birds wear tags, and the lesson needs a bird. */
  #useSource(source: Source, notice?: Notice): void {
    const lesson = source.entry === taggedBirds;
    if (lesson && !this.#state.bird && !this.#state.arriving) this.drawBird();
    this.store.update({
      network: this.#numbered(source),
      awaited: undefined,
      troubles: new Set(),
      notice,
      ...(lesson ? { choosing: false } : {}),
    });
  }

  #numbered(source: Source): Network {
    return { ...source, id: ++this.#networks };
  }

  async #deleteKept(entry: ModelEntry): Promise<void> {
    const repository = this.#state.kept[entry.id]?.repository;
    if (repository) await forgetRepository(repository);
    else await forgetDownload(entry.url);
    await this.#downloads.findKept();
  }

  /** Fetches ImageNet's names, once for each network that may be of its classes. */
  #nameImagenet({ model, imagenet }: State): void {
    if (!model || imagenet || model.info.classes !== 1000 || this.#namedFor === model.id) return;
    this.#namedFor = model.id;
    void imagenetNames().then((names) => {
      if (names) this.store.update({ imagenet: names });
    });
  }

  #word(say: Say): void {
    this.store.update({ notice: { kind: "word", say } });
  }

  /** Runs a person's action; any failure becomes one message. */
  #try(doing: () => Promise<void>): void {
    doing().catch((error: unknown) => {
      if (!(error instanceof Cancelled)) this.complain(saying(error));
    });
  }
}

/** Offers a network that a link names: only a click downloads it. */
const offered = (entry: ModelEntry): Notice => ({
  kind: "word",
  about: "network",
  say: (words) => words.t.link.offered(entry.title(words)),
  choices: [{ say: (words) => words.t.link.fetch(entry.bytes), action: { kind: "fetch", entry } }],
});

/** A notice without buttons. */
const wordIn = ({ notice }: State): Notice | undefined =>
  notice?.kind === "word" && !notice.choices ? notice : undefined;

const anyBelow = (count: number): number => Math.floor(Math.random() * count);

async function readSample(sample: Sample): Promise<Picture> {
  const answer = await fetch(sampleUrl(sample)).catch(() => undefined);
  if (!answer?.ok) throw new UserError(({ t }) => t.errors.sample);
  return { ...(await decodePicture(await answer.blob(), sample.alt)), sample: sample.file };
}

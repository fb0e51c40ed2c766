import type { DeviceChoice, Info, MethodName } from "c3lrp";
import type { Actions, ComparingActions, JudgingActions } from "./actions";
import type { Outcomes } from "./answer";
import { cards, riseKey } from "./compared";
import { Desk } from "./desk";
import { Downloads } from "./downloads";
import { saveFigure } from "./drawing";
import { Engine } from "./engine";
import { Cancelled, saying, UserError } from "./errors";
import { sourceAmong, toldApart } from "./given";
import { forgetRepository, parseAddress, readRepository } from "./hub";
import { imagenetNames } from "./imagenet";
import { birds, type ModelEntry, repositoryEntry, taggedBirds } from "./models";
import { readLabels } from "./names";
import { decodePicture, type Picture } from "./picture";
import { Playing } from "./playing";
import { type Fit, questionKey, type Settings } from "./question";
import { type Sample, sampleUrl } from "./samples";
import { type Config, type Reading, type Source, withConfigs } from "./source";
import {
  labelsOf,
  loading,
  type Network,
  type NoticeAction,
  type Probe,
  questionOf,
  type State,
  type Tag,
  type Topic,
} from "./state";
import type { Store } from "./store";
import { lostGpu, put, shown, wantsOf, withPicture } from "./wants";
import { forgetDownload } from "./weights";
import { keepLanguage, type Language, loadWords, type Say } from "./words/words";

/** Seeds that can be read aloud, and that no network has learnt from. */
const SEEDS = 1_000_000;

/**
 * Turns what a person does into another state. What the engine has to do follows from the state, and what is shown
 * follows from what the engine answered.
 */
export class Controller implements Actions {
  readonly #engine: Engine;
  readonly #downloads: Downloads;
  readonly #playing: Playing;
  /** Counts what pictures were asked for, so that the one that was asked for last is taken. */
  #asked = 0;
  #networks = 0;
  /** The network that ImageNet's names were fetched for last. */
  #namedFor = 0;

  constructor(readonly store: Store) {
    this.#engine = new Engine({
      onLostGpu: (why) => this.store.update({ device: "cpu", loadedBy: "cpu", notice: lostGpu(why) }),
      onLoaded: (info) => this.#loadedOn(info),
    });
    this.#downloads = new Downloads(store, (source) => this.#useSource(source));
    this.#playing = new Playing(store);
  }

  get #state(): State {
    return this.store.state;
  }

  /** Begins: the first bird, and the network that comes with the page. */
  open(): void {
    new Desk(
      this.store,
      wantsOf(this.#engine, (entry) => void this.#deleteKept(entry)),
    ).open();
    this.store.follow((state) => {
      const change = shown(state);
      if (Object.keys(change).length > 0) this.store.update(change);
      this.#nameImagenet(state);
    });
    const [first] = this.#state.entries;
    if (!this.#state.network) this.use(birds);
    // Who comes with an address of weights comes for them.
    if (first !== birds) this.store.update({ choosing: true });
    void this.#downloads.findKept();
  }

  speak = (language: Language): void => {
    keepLanguage(language);
    void this.#try(async () => this.store.update({ words: await loadWords(language) }));
  };

  takeFiles = (files: readonly File[], kind?: "weights"): void => {
    void this.#try(async () => {
      const given = await toldApart(files, kind);
      const { weights, configs, labels, shards } = given;
      const source = sourceAmong(given);
      // Names belong to weights that come with them.
      if (source) this.#useSource(source);
      else if (configs.length > 0) this.#takeConfigs(configs);
      else if (shards) throw new UserError(({ t }) => t.errors.partsAlone);
      for (const file of labels) await this.#takeLabels(file, source !== undefined);
      const [picture, ...others] = given.pictures;
      const [one, ...rest] = weights.filter((file) => !source?.weights.includes(file));
      if (picture) {
        // A picture from the clipboard has no name of its own.
        await this.#takePicture(decodePicture(picture, picture.name));
      }
      if (source && one) {
        const count = rest.length + 2;
        this.#word((words) => words.t.work.oneNetwork({ name: source.called, count }));
      } else if (picture && others.length > 0) {
        const count = others.length + 1;
        this.#word(({ t }) => t.work.onePicture({ name: picture.name, count }));
      }
    });
  };

  takeSample = (sample: Sample): void => {
    void this.#try(async () => {
      const coming = fetch(sampleUrl(sample)).then(
        async (answer) => {
          if (!answer.ok) throw new UserError(({ t }) => t.errors.sample);
          return await decodePicture(await answer.blob(), sample.alt);
        },
        () => {
          throw new UserError(({ t }) => t.errors.sample);
        },
      );
      await this.#takePicture(coming);
    });
  };

  drawBird = (species?: string): void => {
    const names = this.#state.species.map(({ name }) => name);
    const any = names[anyBelow(names.length)] ?? this.#state.bird?.species;
    const chosen = species ?? any;
    this.#asked++;
    if (chosen) this.#update({ bird: { species: chosen, seed: anyBelow(SEEDS) }, reading: false });
  };

  showParts = (parts: boolean): void => this.store.update({ parts });
  wearTag = (tag: Tag): void => this.#update({ tag });

  use = (entry: ModelEntry): void => {
    void this.#downloads.start(entry);
  };

  cancelDownload = ({ id }: ModelEntry): void => this.#downloads.cancel(id);

  forgetModel = (entry: ModelEntry): void => {
    void this.#try(async () => {
      await this.#deleteKept(entry);
      this.store.update({ announcement: (words) => words.t.work.deleted(entry.title(words)) });
    });
  };

  lookUp = (text: string): void => {
    if (this.#state.looking) return;
    void this.#try(async () => {
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
  };

  readOtherwise = (reading: Reading, fit: Fit | undefined): void => {
    const { network, settings } = this.#state;
    if (!network) return;
    const { fit: _, ...others } = settings;
    const cut = fit ? { ...others, fit } : others;
    // A picture can be cut in another way by the network as it is.
    const same = JSON.stringify(reading) === JSON.stringify(network.reading);
    const anew = same ? {} : { network: this.#numbered({ ...network, reading }) };
    this.#update({ settings: cut, ...anew }, "reading");
  };

  insist = (on: boolean): void =>
    this.#update({ insisted: on ? this.#state.picture : undefined, answer: undefined });

  chooseModel = (): void => this.store.update({ choosing: !this.#state.choosing });
  chooseDevice = (device: DeviceChoice): void => this.#update({ device });

  /** What failed or was called off is not there any more, so that it is asked for again. */
  retry = (): void => {
    const question = questionOf(this.#state);
    const outcomes = question ? without(this.#state.outcomes, questionKey(question)) : this.#state.outcomes;
    this.#update({ outcomes, troubles: new Set(), notice: undefined });
    if (!this.#state.network) this.use(birds);
  };

  cancel = (): void => {
    const { awaited, model, loadedBy, outcomes } = this.#state;
    const question = questionOf(this.#state);
    if (awaited !== undefined) this.#downloads.cancel(awaited);
    else if (loading(this.#state)) this.store.update({ network: model, device: loadedBy });
    else if (question) {
      this.store.update({
        answer: undefined,
        outcomes: put(outcomes, questionKey(question), { kind: "off" }),
      });
    }
  };

  set = (change: Partial<Settings>): void => {
    const settings = { ...this.#state.settings, ...change };
    const question = questionOf({ ...this.#state, settings });
    // What was called off is asked for again by asking for it.
    const { outcomes } = this.#state;
    const asked = question && questionKey(question);
    const fresh = asked && outcomes.get(asked)?.kind !== "done" ? without(outcomes, asked) : outcomes;
    this.#update({ settings, outcomes: fresh }, "settings");
  };

  explainClass = (target: number): void => this.set({ target });

  showLayer = (layer: string): void => {
    this.#playing.stop();
    this.store.update({ layer, probe: undefined });
  };

  play = (): void => this.#playing.toggle();
  search = (query: string): void => this.store.update({ query });
  setOpacity = (opacity: number): void => this.store.update({ opacity });
  probe = (probe: Probe | undefined): void => this.store.update({ probe });
  complain = (say: Say, about?: Topic): void => this.store.update({ notice: { kind: "error", say, about } });
  dismiss = (): void => this.store.update({ notice: undefined });

  answerNotice = (action: NoticeAction): void => {
    this.dismiss();
    switch (action.kind) {
      case "among":
        this.#useSource({ ...action.source, network: action.network });
        break;
      case "use":
        this.#useSource(action.source);
        break;
      case "retry":
        this.retry();
        break;
      default:
        action satisfies never;
    }
  };

  save = (): void => {
    void this.#try(async () => {
      const { answer, opacity, words } = this.#state;
      if (answer) await saveFigure(answer, labelsOf(this.#state), opacity, words);
    });
  };

  readonly comparing: ComparingActions = {
    open: (open) => this.#compare({ open, halted: false, rise: undefined }),
    pick: (name: MethodName, on: boolean) => {
      const { picked } = this.#state.comparison;
      const rest = picked.filter((one) => one !== name);
      this.#compare({
        picked: on ? [...rest, name] : rest,
        halted: false,
        ...(name === "rise" ? this.#rise(on) : {}),
      });
      if (on) this.#askCardsAgain();
    },
    show: (shows) => this.#compare({ shows }),
    rise: (masks) => {
      this.#compare({ masks, halted: false, ...this.#rise(true) });
      this.#askCardsAgain();
    },
    resume: () => {
      this.#compare({ halted: false });
      this.#askCardsAgain();
    },
    cancel: () => this.#compare({ halted: true }),
  };

  readonly judging: JudgingActions = {
    open: (open) => this.#judge({ open, halted: false }),
    set: (change) => this.#judge({ judge: { ...this.#state.judgement.judge, ...change }, halted: false }),
    compareWithBaselines: (baselines) => this.#judge({ baselines, halted: false }),
    choose: (chosen) => this.#judge({ chosen }),
    lookAt: (point) => this.#judge({ point }),
    resume: () => {
      this.#judge({ halted: false });
      this.#update({ verdicts: done(this.#state.verdicts), films: done(this.#state.films) });
    },
    cancel: () => this.#judge({ halted: true }),
  };

  #rise(on: boolean): Pick<State["comparison"], "rise"> {
    const { answer } = this.#state;
    return { rise: on && answer ? riseKey(answer) : undefined };
  }

  #askCardsAgain(): void {
    const failed = cards(this.#state).filter(
      ({ outcome }) => outcome !== undefined && outcome.kind !== "done",
    );
    const keys = failed.flatMap(({ question }) => (question ? [questionKey(question)] : []));
    this.#update({ outcomes: without(this.#state.outcomes, ...keys), troubles: new Set() });
  }

  #compare(change: Partial<State["comparison"]>): void {
    this.#update({ comparison: { ...this.#state.comparison, ...change } }, "comparison");
  }

  #judge(change: Partial<State["judgement"]>): void {
    this.#update({ judgement: { ...this.#state.judgement, ...change } }, "judgement");
  }

  /** Changes what is asked. Words of before have been read by then; errors stay, unless what they are about is done anew. */
  #update(change: Partial<State>, about?: Topic): void {
    const { notice } = this.#state;
    const word = notice?.kind === "word" && !notice.choices;
    const read = word || (notice?.about !== undefined && notice.about === about);
    this.store.update({ ...(read ? { notice: undefined } : {}), ...change });
  }

  async #takePicture(coming: Promise<Picture>): Promise<void> {
    const turn = ++this.#asked;
    this.store.update({ reading: true });
    try {
      const picture = await coming;
      // One that was asked for later may have come earlier.
      if (turn === this.#asked) this.store.update({ ...withPicture(this.#state, picture), bird: undefined });
    } finally {
      if (turn === this.#asked) this.store.update({ reading: false });
    }
  }

  /** A list that was dropped with weights is theirs; another one names the network in use, or waits for one that it fits. */
  async #takeLabels(file: File, withWeights: boolean): Promise<void> {
    const { name } = file;
    const labels = await readLabels(file, (bytes) => this.#engine.parseLabels(bytes));
    const { network, model, named } = this.#state;
    if (withWeights && network) {
      this.store.update({ named: { ...named, [network.id]: labels } });
      return;
    }
    if (!model || loading(this.#state) || model.entry?.bundled) {
      this.store.update({ waiting: labels });
      const count = labels.names.length;
      this.#word(({ t }) => t.work.labelsWait({ file: name, count }));
      return;
    }
    const { classes } = model.info;
    if (classes !== labels.names.length) {
      const names = labels.names.length;
      throw new UserError(({ t }) => t.errors.labelsCount({ name, names, classes }));
    }
    this.store.update({ named: { ...named, [model.id]: labels } });
    this.#word(({ t }) => t.work.labelsTaken(name));
  }

  /** Reads the network in use anew, as a configuration says that came after it. */
  #takeConfigs(configs: readonly Config[]): void {
    const { network, settings } = this.#state;
    const files = configs.map(({ file }) => file);
    if (!network || network.entry?.bundled) throw new UserError(({ t }) => t.errors.configAlone(files));
    const { fit: _, ...others } = settings;
    this.store.update({ network: this.#numbered(withConfigs(network, configs)), settings: others });
    this.#word(({ t }) => t.work.readAs(files));
  }

  /** Asks for another network from now on; in the lesson birds wear tags, and the lesson needs a bird. */
  #useSource(source: Source): void {
    const lesson = source.entry === taggedBirds;
    if (lesson && !this.#state.bird) this.drawBird();
    this.store.update({
      network: this.#numbered(source),
      awaited: undefined,
      troubles: new Set(),
      notice: undefined,
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

  #loadedOn(info: Info): void {
    const { model } = this.#state;
    if (model) this.store.update({ model: { ...model, info } });
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

  /** Does what a person asked for; whatever goes wrong becomes one sentence. */
  async #try(doing: () => Promise<void>): Promise<void> {
    try {
      await doing();
    } catch (error) {
      if (!(error instanceof Cancelled)) this.complain(saying(error));
    }
  }
}

const anyBelow = (count: number): number => Math.floor(Math.random() * count);

function without<T>(outcomes: Outcomes<T>, ...keys: readonly string[]): Outcomes<T> {
  return new Map([...outcomes].filter(([key]) => !keys.includes(key)));
}

/** Without what failed or was called off. */
const done = <T>(outcomes: Outcomes<T>): Outcomes<T> =>
  new Map([...outcomes].filter(([, { kind }]) => kind === "done"));

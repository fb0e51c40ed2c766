import type { DeviceChoice } from "c3lrp";
import { forgetDownload } from "c3lrp/client";
import { loading } from "./current";
import { Downloads } from "./downloads";
import { UserError } from "./errors";
import { type Config, parseAddress, readRepository } from "./hub";
import { imagenetNames } from "./imagenet";
import { forgetRepository } from "./kept";
import { readLabels } from "./labels";
import { birds, type ModelEntry, repositoryEntry, taggedBirds } from "./models";
import type { Network } from "./network";
import type { Notice } from "./notices";
import type { Fit } from "./question";
import type { Showing } from "./showing";
import { type Reading, type Source, withConfigs } from "./source";
import type { State } from "./state";
import type { Store } from "./store";
import type { Telling } from "./telling";

/** A person's actions on networks: which one answers, how it is read, and which are kept. */
export class Choosing {
  readonly #downloads: Downloads;
  #networks = 0;
  /** The last network that ImageNet's names were fetched for. */
  #namedFor = 0;

  constructor(
    readonly store: Store,
    readonly telling: Telling,
    readonly showing: Showing,
    /** The names in a list of classes. */
    readonly parse: (bytes: Uint8Array) => Promise<readonly string[]>,
  ) {
    // A message about a download must still be readable when its network is used.
    this.#downloads = new Downloads(store, (source) => this.take(source, wordIn(store.state)));
  }

  /** Offers what is kept from earlier downloads, and names ImageNet's classes from now on. */
  open(): void {
    this.store.follow((state) => this.#nameImagenet(state));
    void this.#downloads.findKept();
  }

  /** Uses an entry's weights, and downloads them if needed. */
  use = (entry: ModelEntry): void => {
    this.store.ask({});
    void this.#downloads.start(entry);
  };

  /** Ends a download; the part that has arrived is kept. */
  cancelDownload = (id: string): void => this.#downloads.cancel(id);

  forget = (entry: ModelEntry): void =>
    this.telling.attempt(async () => {
      await this.deleteKept(entry);
      this.store.update({ announcement: (words) => words.t.work.deleted(entry.title(words)) });
    });

  async deleteKept(entry: ModelEntry): Promise<void> {
    const repository = this.store.state.kept[entry.id]?.repository;
    if (repository) await forgetRepository(repository);
    else await forgetDownload(entry.url);
    await this.#downloads.findKept();
  }

  /** Looks a repository up on Hugging Face, by its name or address; no weights are fetched. */
  lookUp = (text: string): void =>
    this.telling.attempt(async () => {
      if (this.store.state.looking) return;
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

  /** Uses the network that a link names if it is available; otherwise offers to download it. */
  async useLinked(id: string): Promise<void> {
    const { arriving, network } = this.store.state;
    if (network?.entry?.id === id) return;
    const among = (): ModelEntry | undefined =>
      [...this.store.state.entries, this.store.state.looked].find((entry) => entry?.id === id);
    if (!among()?.bundled) await this.#downloads.findKept();
    // Another link may have been followed meanwhile.
    if (this.store.state.arriving?.view !== arriving?.view) return;
    const repository = parseAddress(id.replace(/^repository:/, ""))?.name;
    const named = repository && id === `repository:${repository}` ? repositoryEntry(repository) : undefined;
    const entry = among() ?? named;
    if (!entry) {
      if (!this.store.state.network) this.use(birds);
    } else if (entry.bundled || this.store.state.kept[id]?.complete) this.use(entry);
    else this.store.update({ choosing: true, awaited: undefined, notice: offered(entry) });
  }

  /** Reads the loaded network with other settings, and crops pictures accordingly. */
  readOtherwise = (reading: Reading, fit: Fit | undefined): void => {
    const { network, settings } = this.store.state;
    if (!network) return;
    const { fit: _, ...others } = settings;
    const cut = fit ? { ...others, fit } : others;
    // Another crop needs no other network.
    const same = JSON.stringify(reading) === JSON.stringify(network.reading);
    const anew = same ? {} : { network: this.#numbered({ ...network, reading }) };
    this.store.ask({ settings: cut, ...anew }, "reading");
  };

  /** Shows or hides the networks to choose from. */
  toggle = (): void => this.store.update({ choosing: !this.store.state.choosing });
  onDevice = (device: DeviceChoice): void => this.store.ask({ device });

  /** Uses another network from now on; in the lesson birds wear tags, and the lesson needs a bird. */
  take(source: Source, notice?: Notice): void {
    const { bird, arriving } = this.store.state;
    const lesson = source.entry === taggedBirds;
    if (lesson && !bird && !arriving) this.showing.drawBird();
    this.store.update({
      network: this.#numbered(source),
      awaited: undefined,
      troubles: new Set(),
      notice,
      ...(lesson ? { choosing: false } : {}),
    });
  }

  /** Reads the current network again with a configuration that came later. */
  takeConfigs(configs: readonly Config[]): void {
    const { network, settings } = this.store.state;
    const files = configs.map(({ file }) => file);
    if (!network || network.entry?.bundled) throw new UserError(({ t }) => t.errors.configAlone(files));
    const { fit: _, ...others } = settings;
    this.store.update({
      network: this.#numbered({ ...withConfigs(network, configs), altered: true }),
      settings: others,
    });
    this.telling.word(({ t }) => t.work.readAs(files));
  }

  /** A list dropped with weights belongs to them; any other list names the current network, or waits for one that it fits. */
  async takeLabels(file: File, withWeights: boolean): Promise<void> {
    const { name } = file;
    const labels = await readLabels(file, this.parse);
    const count = labels.names.length;
    const { network, model, named } = this.store.state;
    if (withWeights && network) {
      this.store.update({ named: { ...named, [network.id]: labels } });
    } else if (!model || loading(this.store.state) || model.entry?.bundled) {
      this.store.update({ waiting: labels });
      this.telling.word(({ t }) => t.work.labelsWait({ file: name, count }));
    } else if (model.info.classes === count) {
      this.store.update({ named: { ...named, [model.id]: labels } });
      this.telling.word(({ t }) => t.work.labelsTaken(name));
    } else {
      const { classes } = model.info;
      throw new UserError(({ t }) => t.errors.labelsCount({ name, names: count, classes }));
    }
  }

  #numbered(source: Source): Network {
    return { ...source, id: ++this.#networks };
  }

  /** Fetches ImageNet's names, once for each network that may be of its classes. */
  #nameImagenet({ model, imagenet }: State): void {
    if (!model || imagenet || model.info.classes !== 1000 || this.#namedFor === model.id) return;
    this.#namedFor = model.id;
    void imagenetNames().then((names) => {
      if (names) this.store.update({ imagenet: names });
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

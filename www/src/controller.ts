import { type Engine, type EngineEvents, machine, Pool } from "c3lrp/client";
import { done, put } from "./answer";
import { arrived } from "./arriving";
import { Asking } from "./asking";
import { withoutFailures } from "./batch";
import { Batching } from "./batching";
import { startLight, startWorker } from "./browser";
import { Camera } from "./camera";
import { Choosing } from "./choosing";
import { Comparing } from "./comparing";
import { singles } from "./contrast";
import { isOld, loading, questionOf } from "./current";
import { Desk } from "./desk";
import { Judging } from "./judging";
import type { Link } from "./link";
import { Linking } from "./linking";
import { Looking } from "./looking";
import { birds } from "./models";
import type { NoticeAction } from "./notices";
import { caughtUp, Painting } from "./painting";
import { decodePicture } from "./picture";
import { questionKey } from "./question";
import { type Format, save } from "./saving/save";
import { Showing } from "./showing";
import type { State } from "./state";
import type { Store } from "./store";
import { Taking } from "./taking";
import { Telling } from "./telling";
import { wantsOf } from "./wants";
import { shown } from "./wants/explanation";
import { lostGpu } from "./wants/network";
import { keepLanguage, type Language, loadWords } from "./words/words";

/**
 * Turns a person's actions into a new state: each subject has its own, and those on all of the page are here. The engine's
 * work follows from the state, and the view from the engine's answers.
 */
export class Controller {
  readonly #pool: Pool;
  readonly telling: Telling;
  readonly asking: Asking;
  readonly showing: Showing;
  readonly choosing: Choosing;
  readonly batch: Batching;
  readonly taking: Taking;
  readonly camera: Camera;
  readonly looking: Looking;
  readonly linking: Linking;
  readonly comparing: Comparing;
  readonly judging: Judging;
  readonly painting: Painting;

  constructor(readonly store: Store) {
    const events: EngineEvents = {
      onLostGpu: (why) => store.update({ device: "cpu", loadedBy: "cpu", notice: lostGpu(why) }),
      onLoaded: (info) => {
        const { model } = store.state;
        if (model) store.update({ model: { ...model, info } });
      },
    };
    this.#pool = new Pool(startWorker, events, machine(), { light: startLight });
    const telling = new Telling(store);
    const showing = new Showing(store, telling);
    const choosing = new Choosing(store, telling, showing, (bytes) => this.#engine.parseLabels(bytes));
    this.telling = telling;
    this.showing = showing;
    this.choosing = choosing;
    this.asking = new Asking(store);
    this.looking = new Looking(store);
    this.comparing = new Comparing(store);
    this.judging = new Judging(store);
    this.batch = new Batching(store, telling, showing);
    this.taking = new Taking(store, telling, choosing, showing, this.batch);
    this.linking = new Linking(store, telling, choosing, showing, this.looking);
    this.camera = new Camera(store, telling);
    this.painting = new Painting(store, telling, (file) => decodePicture(file, file.name));
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
      wantsOf(this.#engine, (entry) => void this.choosing.deleteKept(entry)),
      this.#pool,
    ).open();
    this.store.follow((state) => {
      const known = shown(state);
      const change = { ...known, ...caughtUp({ ...state, ...known }), ...arrived({ ...state, ...known }) };
      if (Object.keys(change).length > 0) this.store.update(change);
    });
    const [first] = this.#state.entries;
    if (link) this.linking.visit(link);
    else if (!this.#state.network) this.choosing.use(birds);
    // An address with weights is opened for those weights.
    if (first !== birds && !link) this.store.update({ choosing: true });
    this.choosing.open();
  }

  speak = (language: Language): void => {
    keepLanguage(language);
    this.telling.attempt(async () => this.store.update({ words: await loadWords(language) }));
  };

  /** Removes failed and cancelled outcomes, so that they are asked for again. */
  retry = (): void => {
    const asked = [questionOf(this.#state), ...singles(this.#state).map(({ question }) => question)];
    const outcomes = done(this.#state.outcomes, asked);
    const { concepts, silenced, parted } = this.#state;
    const others = { concepts: done(concepts), silenced: done(silenced), parted: done(parted) };
    const batch = withoutFailures(this.#state.batch);
    this.store.ask({ outcomes, ...others, batch, troubles: new Set(), notice: undefined });
    if (!this.#state.network) this.choosing.use(birds);
  };

  /** Cancels what the page waits for: the explanation, the download, or loading the network. */
  cancel = (): void => {
    const { awaited, model, loadedBy, outcomes } = this.#state;
    const question = questionOf(this.#state);
    if (awaited !== undefined) this.choosing.cancelDownload(awaited);
    else if (loading(this.#state)) this.store.update({ network: model, device: loadedBy });
    else if (question) {
      const off = put(outcomes, questionKey(question), { kind: "off" });
      this.store.update({ answer: undefined, outcomes: off });
    }
  };

  /** Does what a button in the notice says. */
  answerNotice = (action: NoticeAction): void => {
    this.telling.dismiss();
    switch (action.kind) {
      case "among":
        this.choosing.take({ ...action.source, network: action.network });
        break;
      case "use":
        this.choosing.take(action.source);
        break;
      case "fetch":
        // A repository's contents are shown before it is downloaded.
        if (action.entry.repository && !this.#state.entries.includes(action.entry))
          this.choosing.lookUp(action.entry.repository);
        else this.choosing.use(action.entry);
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
    else this.telling.attempt(() => save(this.#state, format));
  };
}

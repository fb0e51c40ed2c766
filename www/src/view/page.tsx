import licencesUrl from "../../../pkg/THIRD-PARTY.txt?url";
import { asksForNetwork, isBusy, isLive, shownAnswer } from "../current";
import { methodTitle } from "../methods";
import { FILTERS } from "../question";
import { samples } from "../samples";
import type { Language } from "../words/words";
import { Ask, BirdsOnly } from "./ask";
import { Batch } from "./batch";
import { Truth } from "./bird";
import { Live } from "./camera";
import { Classes } from "./classes";
import { Closer } from "./closer";
import { Comparison } from "./comparison";
import { Concepts } from "./concepts";
import { Contrast } from "./contrast";
import { DropArea, Pick } from "./drop";
import { Figures } from "./figures";
import { useFocusKept } from "./focus";
import { Gallery } from "./gallery";
import { Headline } from "./headline";
import { Judging } from "./judging";
import { Lesson, Teaser } from "./lesson";
import { Networks } from "./networks";
import { Notice } from "./notice";
import { OfflineWord } from "./offline";
import { Options } from "./options";
import { Painting } from "./painting";
import { Parting } from "./parting";
import { Readout } from "./probe";
import type { Props } from "./props";
import { Strip } from "./strip";
import { Tools } from "./tools";
import { Why } from "./why";

/** The whole page for a state. */
export function Page(props: Props) {
  const { state } = props;
  const live = isLive(state);
  useFocusKept();
  return (
    <>
      <Header {...props} />
      <Notice {...props} />
      <p id="announce" class="unseen" role="status">
        {state.announcement?.(state.words)}
      </p>
      <main id="main" data-busy={isBusy(state)} data-asks={asksForNetwork(state)}>
        <section id="stage" aria-labelledby="headline">
          <Lesson {...props} />
          <Batch {...props} />
          <Headline {...props} />
          <Live {...props} />
          {!live && <Findings {...props} />}
        </section>
        {!live && <Comparison {...props} />}
        {!live && <Judging {...props} />}
        <Gallery {...props} />
        <aside>
          {!live && <Classes {...props} />}
          <Teaser {...props} />
          <Networks {...props} />
          <Options {...props} />
        </aside>
      </main>
      <Footer {...props} />
      <DropArea {...props} />
    </>
  );
}

/** The sections about the picture's explanation. */
const Findings = (props: Props) => (
  <>
    <Ask {...props} />
    <Figures {...props} />
    <Closer {...props} />
    <Readout {...props} />
    <Painting {...props} />
    <Contrast {...props} />
    <Truth {...props} />
    <Parting {...props} />
    <BirdsOnly {...props} />
    <Strip {...props} />
    <Concepts {...props} />
    <Tools {...props} />
  </>
);

/** Each language's own name. */
const NAMES: Readonly<Partial<Record<Language, string>>> = { en: "English", ja: "日本語" };

function Header({ state, actions }: Props) {
  const { words, settings } = state;
  const { stage: t } = words.t;
  const { method } = shownAnswer(state)?.question ?? settings;
  return (
    <header>
      <div id="about">
        <h1>{t.title}</h1>
        <p>{t.intro(<span id="shown-by">{methodTitle(method.name)}</span>)}</p>
      </div>
      <Pick state={state} actions={actions} />
      <select
        id="language"
        aria-label={t.language}
        value={words.language}
        autocomplete="off"
        onChange={({ currentTarget }) => actions.speak(currentTarget.value as Language)}
      >
        {Object.entries(NAMES).map(([language, name]) => (
          <option key={language} value={language} lang={language} selected={language === words.language}>
            {name}
          </option>
        ))}
      </select>
    </header>
  );
}

function Footer({ state }: Pick<Props, "state">) {
  const { stage, filters, measuring } = state.words.t;
  const { footer: t, exactly } = stage;
  return (
    <footer>
      <details>
        <summary>{t.title}</summary>
        <div class="said">
          <p>{t.relevance}</p>
          <Why label={exactly}>{t.sign}</Why>
        </div>
        <p>{FILTERS.map((name) => filters[name].explained).join(measuring.gap)}</p>
        <p>{t.truth}</p>
      </details>
      <p id="credits" class="soft">
        {t.credits(samples)}
      </p>
      <OfflineWord state={state} />
      <p id="licences" class="soft">
        <a href="docs/index.html">{t.documentation}</a>
        <a href={licencesUrl}>{t.licences}</a>
      </p>
    </footer>
  );
}

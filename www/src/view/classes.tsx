import type { TargetedKeyboardEvent } from "preact";
import { type Ranked, searchClasses } from "../classes";
import type { Labels } from "../labels";
import { isBusy, isOld, labelsOf, type State, targetOf } from "../state";
import { className } from "../words/names";
import type { Props } from "./props";

const TOP = 5;
const FOUND = 6;

/** The five most probable classes, the explained one where it is not among them, and the search. */
export function Classes({ state, actions }: Props) {
  const { words, model, query } = state;
  const t = words.t.networks.classes;
  // Names are those of the network that is loaded; another's answer can't be shown with them.
  const answer = state.answer?.named.network === model?.id ? state.answer : undefined;
  const target = targetOf(state);
  const labels = labelsOf(state);
  const ranked = answer?.ranked ?? [];
  const hits = searchClasses(words, ranked, labels, query, FOUND);
  const list = (shown: readonly Ranked[]) =>
    // By their places, so that the focus stays on a row.
    shown.map((entry, place) => (
      <Row key={place} entry={entry} labels={labels} target={target} state={state} actions={actions} />
    ));
  const keys = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Escape") actions.search("");
    const [first] = hits;
    if (event.key === "Enter" && !event.isComposing && first) actions.explainClass(first.index);
  };
  return (
    <section
      id="classes"
      aria-labelledby="classes-title"
      hidden={!answer && !model && !isBusy(state)}
      data-waiting={answer === undefined}
      data-stale={isOld(state)}
    >
      <h2 id="classes-title">{t.title}</h2>
      <p class="soft hint">{t.hint}</p>
      <ol id="top">{list(ranked.filter(({ index, rank }) => rank <= TOP || index === target))}</ol>
      <label class="search">
        <span class="unseen">{t.query}</span>
        <input
          id="query"
          type="search"
          placeholder={t.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={({ currentTarget }) => actions.search(currentTarget.value)}
          onKeyDown={keys}
        />
      </label>
      <p id="found-none" class="soft" hidden={query.trim() === "" || hits.length > 0}>
        {t.none}
      </p>
      <ol id="found" aria-label={t.found}>
        {list(hits)}
      </ol>
      <p id="labels-word" class="soft">
        {labelsWord(state, labels)}
      </p>
    </section>
  );
}

interface RowProps extends Props {
  readonly entry: Ranked;
  readonly labels: Labels | undefined;
  readonly target: number | undefined;
}

function Row({ entry: { index, rank, probability }, labels, target, state: { words }, actions }: RowProps) {
  return (
    <li>
      <button
        type="button"
        class="class"
        data-index={index}
        aria-pressed={index === target}
        title={words.t.networks.classes.row(index, rank)}
        onClick={() => actions.explainClass(index)}
      >
        <span class="name">{className(words, labels, index)}</span>
        <span class="share">{words.f.percent(probability)}</span>
        <span class="bar" aria-hidden="true" style={{ "--share": `${probability}` }} />
      </button>
    </li>
  );
}

function labelsWord({ words, model }: State, labels: Labels | undefined): string {
  const t = words.t.networks.classes;
  const classes = model?.info.classes ?? 0;
  if (!labels) return t.nameless(classes);
  const { from } = labels;
  return t.count(classes, from.kind === "list" ? t.from.list(from.file) : t.from[from.kind]);
}

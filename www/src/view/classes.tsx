import type { TargetedKeyboardEvent } from "preact";
import type { Ranked } from "../classes";
import { isBusy, isOld, labelsOf, nameOf, targetOf } from "../current";
import type { State } from "../state";
import type { Props } from "./props";

const TOP = 5;
const FOUND = 6;

/** The five most probable classes, the explained one if it is not among them, and the search. */
export function Classes({ state, actions }: Props) {
  const { words, model, query } = state;
  const t = words.t.networks.classes;
  // Names belong to the loaded network, and don't fit another network's answer.
  const answer = state.answer?.named.network === model?.id ? state.answer : undefined;
  const target = targetOf(state);
  const ranked = answer?.ranked ?? [];
  const hits = search(state, ranked);
  const list = (shown: readonly Ranked[]) =>
    shown.map(({ index, rank, probability }, place) => (
      // Keyed by position, so that the focus stays on a row.
      <li key={String(place)}>
        <button
          type="button"
          class="class"
          data-index={index}
          aria-pressed={index === target}
          title={t.row(index, rank)}
          onClick={() => actions.asking.explainClass(index)}
        >
          <span class="name">{nameOf(state, index)}</span>
          <span class="share">{words.f.percent(probability)}</span>
          <span class="bar" aria-hidden="true" style={{ "--share": `${probability}` }} />
        </button>
      </li>
    ));
  const keys = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Escape") actions.looking.search("");
    const [first] = hits;
    if (event.key === "Enter" && !event.isComposing && first) actions.asking.explainClass(first.index);
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
          onInput={({ currentTarget }) => actions.looking.search(currentTarget.value)}
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
        {labelsWord(state)}
      </p>
    </section>
  );
}

/** Classes whose number or name matches the query; names that start with it first, then by probability. */
function search(state: State, ranked: readonly Ranked[]): readonly Ranked[] {
  const query = state.query.trim().toLowerCase();
  if (query === "") return [];
  const score = ({ index }: Ranked): number => {
    const name = nameOf(state, index).toLowerCase();
    if (String(index) === query) return 3;
    if (name.startsWith(query)) return 2;
    return name.includes(query) ? 1 : 0;
  };
  return ranked
    .filter((entry) => score(entry) > 0)
    .sort((a, b) => score(b) - score(a) || a.rank - b.rank)
    .slice(0, FOUND);
}

/** The number of classes, and the source of their names. */
function labelsWord(state: State): string {
  const t = state.words.t.networks.classes;
  const classes = state.model?.info.classes ?? 0;
  const { from } = labelsOf(state) ?? {};
  if (!from) return t.nameless(classes);
  return t.count(classes, from.kind === "list" ? t.from.list(from.file) : t.from[from.kind]);
}

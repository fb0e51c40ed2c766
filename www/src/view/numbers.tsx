import type { Answer } from "../answer";
import { nameOf } from "../current";
import type { Props } from "./props";
import { Why } from "./why";

/** The map in words and numbers, for people who can't see its colours. */
export function Numbers({ state, answer }: Pick<Props, "state"> & { readonly answer: Answer }) {
  const { numbers: t } = state.words.t.stage;
  const { explained, facts, ranked } = answer;
  const { target, probability: share, logit, scale } = explained;
  const rank = ranked.find(({ index }) => index === target)?.rank ?? 0;
  const said = [
    t.class({ name: nameOf(state, target), share, rank, classes: ranked.length }),
    t.relevance({ share: facts.forShare, place: facts.place, part: facts.placeShare }),
    logit < 0 ? t.against : "",
    t.kept(facts.keptShare),
  ];
  return (
    <details id="numbers">
      <summary>{t.title}</summary>
      <div class="said">
        <p id="in-words">{said.filter(Boolean).join(" ")}</p>
        <Why label={t.colourWord}>{t.colours({ scale, strongest: facts.strongest })}</Why>
      </div>
      <table class="ninths">
        <caption>{t.ninths}</caption>
        <tbody id="ninths">
          {[0, 3, 6].map((from) => (
            <tr key={from}>
              {facts.ninths.slice(from, from + 3).map((part, i) => (
                <td key={String(i)}>{t.cell(part)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** The share of the positive relevance on the bird, for drawn birds. */
export function Masses({ state, answer }: Pick<Props, "state"> & { readonly answer: Answer }) {
  const { words, picture, species } = state;
  const { masses: t } = words.t.stage;
  const { masses, target } = answer.explained;
  if (masses.length === 0) return null;
  const parts = species.find(({ name }) => name === picture?.bird?.species)?.deciding ?? [];
  const share = (value: number | undefined): string =>
    value === undefined ? t.none : words.f.percent(value);
  return (
    <table id="masses" class="masses">
      <caption>{t.caption(nameOf(state, target))}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t.whole}</th>
          <th scope="col" id="after-word">
            {words.t.filters[answer.question.filter].left}
          </th>
          <th scope="col">{t.even}</th>
        </tr>
      </thead>
      <tbody>
        {masses.map(({ on, area, before, after }) => (
          <tr key={on}>
            <th scope="row">{t.on({ on, parts })}</th>
            <td>{share(before)}</td>
            <td>{share(after)}</td>
            <td>{share(area)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

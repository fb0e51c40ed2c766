import type { Answer } from "../answer";
import { nameOf } from "../state";
import type { Props } from "./props";

/** How much of what speaks for the class lies on the bird, where it is known what the bird is. */
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
            {t.after[answer.question.filter]}
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

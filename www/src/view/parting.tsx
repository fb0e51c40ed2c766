import { knowsBirds } from "../current";
import { partedOf, partsAsked, partsOf } from "../parting";
import type { Props } from "./props";
import { Why } from "./why";

/** Each part's importance: its share of the map, and the network's loss when the bird is drawn without it. */
export function Parting(props: Props) {
  const { state, actions } = props;
  const { words, picture, species, parting } = state;
  const { parting: t } = words.t.stage;
  const bird = picture?.bird;
  const [decides = "head"] = species.find(({ name }) => name === bird?.species)?.deciding ?? [];
  if (!bird || !knowsBirds(state)) return null;
  return (
    <div id="parting">
      <div class="said">
        <button
          id="parting-open"
          type="button"
          aria-expanded={parting}
          aria-controls="parts-table"
          onClick={() => actions.showing.openParting(!parting)}
        >
          {t.open(decides)}
        </button>
        <Why label={t.whyLabel}>{t.lesson}</Why>
      </div>
      {parting && <Table {...props} />}
    </div>
  );
}

function Table({ state, actions }: Props) {
  const { words, bird } = state;
  const { parting: t } = words.t.stage;
  // The requested bird; the picture follows.
  const without = bird?.without ?? [];
  const outcome = partedOf(state);
  const parted = outcome?.kind === "done" ? outcome.value : undefined;
  const most = (of: "share" | "loss"): number =>
    Math.max(...(parted?.parts ?? []).map((one) => one[of]), 1e-9);
  return (
    <>
      <table id="parts-table" class="masses" data-waiting={!parted}>
        <caption>{t.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t.part}</th>
            <th scope="col">{t.loss}</th>
            <th scope="col">{t.share}</th>
          </tr>
        </thead>
        <tbody>
          {partsOf(state).map((part) => {
            const value = parted?.parts.find((one) => one.part === part);
            return (
              <tr key={part} data-part={part}>
                <th scope="row">
                  <label class="check">
                    <input
                      type="checkbox"
                      checked={!without.includes(part)}
                      autocomplete="off"
                      onChange={({ currentTarget }) => actions.showing.takeAway(part, !currentTarget.checked)}
                    />
                    <span>{t.parts[part]}</span>
                  </label>
                </th>
                <td style={{ "--bar": (value?.loss ?? 0) / most("loss") }}>
                  {value && words.f.shortFigure(value.loss)}
                </td>
                <td style={{ "--bar": (value?.share ?? 0) / most("share") }}>
                  {value && words.f.percent(value.share)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p id="parts-said" aria-live="polite">
        {parted
          ? parted.correlation !== undefined && t.agree(parted.correlation)
          : outcome?.kind === "failed"
            ? outcome.say(words)
            : partsAsked(state)
              ? t.measures
              : t.waits}{" "}
        {without.length > 0 && (
          <button type="button" class="link" onClick={() => actions.showing.takeAway()}>
            {t.whole}
          </button>
        )}
      </p>
    </>
  );
}

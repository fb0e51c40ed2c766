import { cards, FEWEST, MOST, sharedFull } from "../compared";
import { isOld } from "../current";
import { methodTitle, methodWords, whyNot } from "../methods";
import { Folding } from "./folding";
import { Legend } from "./legend";
import { MethodCard } from "./method-card";
import type { Props } from "./props";
import { Segments } from "./segments";
import { Why } from "./why";

/** Several methods side by side. */
export function Comparison(props: Props) {
  const { state, actions } = props;
  return (
    <Folding
      id="compare"
      inside="comparison"
      open={state.comparison.open}
      onOpen={actions.comparing.open}
      words={state.words.t.measuring.comparison}
      stale={isOld(state)}
    >
      <Side {...props} />
    </Folding>
  );
}

/** The choice of methods, the shared settings, and a card for each method. */
function Side(props: Props) {
  const { state, actions } = props;
  const { words, comparison, answer, forward, model } = state;
  const { shows } = comparison;
  const { gap, comparison: t } = words.t.measuring;
  const shown = cards(state);
  const full = sharedFull(state, shown);
  const rest = shown.filter(
    ({ method, question, outcome, waits }) =>
      question && outcome?.kind !== "done" && !waits && !whyNot(method.name, model?.info),
  );
  const busy = rest.some(({ outcome, work }) => work || (!outcome && !comparison.halted));
  const time = answer && forward[`${answer.named.network} ${answer.named.picture.id}`];
  // The share that a uniform map would have on the bird.
  const masses = answer?.explained.masses.filter(({ on }) => on !== "tag") ?? [];
  const [whole, deciding] = masses.map(({ area }) => words.f.percent(area));
  const said = [time && t.forward(words.f.seconds(time)), whole && deciding && t.even(whole, deciding)];
  return (
    <>
      <Picks {...props} />
      <div class="row">
        <Segments
          name="shows"
          legend={t.shows}
          value={shows}
          choices={t.show}
          onChange={actions.comparing.show}
        />
        <Legend id="compare-legend" state={state} full={full} hidden={shows === "overlay" || !answer} />
        <label class="check">
          <input
            id="compare-common"
            type="checkbox"
            checked={comparison.common}
            autocomplete="off"
            onChange={({ currentTarget }) => actions.comparing.share(currentTarget.checked)}
          />
          <span>{words.t.closer.common}</span>
        </label>
        {/* One button that cancels the rest, or continues; it keeps its place and the focus. */}
        <button
          id="compare-cancel"
          type="button"
          data-then="compare-open"
          style={{ visibility: rest.length > 0 && !isOld(state) ? "" : "hidden" }}
          onClick={busy ? actions.comparing.cancel : actions.comparing.resume}
        >
          {busy ? words.t.work.cancel : t.goOn}
        </button>
      </div>
      <div class="said">
        <p id="compare-word" class="soft">
          {comparison.common ? words.t.closer.commonWord : t.defaults}
          {shows === "overlay" && answer && gap + words.t.filters[answer.named.filter].maps}
        </p>
        <Why label={t.scalesWhy}>
          {t.scales} {t.scale[shows]}
        </Why>
      </div>
      <ol
        id="compare-cards"
        aria-label={t.cards}
        style={{ "--columns": `${shown.length > 4 ? 3 : shown.length}` }}
      >
        {shown.map((card) => (
          <MethodCard key={card.method.name} {...props} card={card} full={full} />
        ))}
      </ol>
      <p id="compare-times" class="soft">
        {said.filter(Boolean).join(gap)}
      </p>
    </>
  );
}

/** A checkbox for each method; one that is not available says why. */
function Picks({ state: { words, methods, comparison, model }, actions }: Props) {
  const { picked } = comparison;
  const t = words.t.measuring.comparison;
  const missing = methods.flatMap(({ name }) => {
    const reason = whyNot(name, model?.info)?.(words);
    return reason === undefined ? [] : [t.missing(methodTitle(name), reason)];
  });
  return (
    <>
      <fieldset id="picks">
        <legend>{t.picks}</legend>
        {methods.map((method) => {
          const { name } = method;
          const out = whyNot(name, model?.info) !== undefined;
          const checked = picked.includes(name);
          return (
            <label key={name} title={methodWords(words, method).meaning}>
              <input
                type="checkbox"
                value={name}
                autocomplete="off"
                checked={checked}
                disabled={out || (checked ? picked.length <= FEWEST : picked.length >= MOST)}
                aria-describedby={out ? "picks-word" : undefined}
                onChange={({ currentTarget }) => actions.comparing.pick(name, currentTarget.checked)}
              />
              <span>{methodTitle(name)}</span>
            </label>
          );
        })}
      </fieldset>
      <p id="picks-word" class="soft">
        {missing.join(" ")}
      </p>
    </>
  );
}

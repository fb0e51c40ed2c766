import { cards, FEWEST, MOST } from "../compared";
import { methodTitle, methodWords, whyNot } from "../methods";
import { isOld } from "../state";
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
      onOpen={(open) => actions.comparing.open(open)}
      words={state.words.t.measuring.comparison}
      stale={isOld(state)}
    >
      <Side {...props} />
    </Folding>
  );
}

/** Which methods, what is shown of them, and a card for each. */
function Side({ state, actions }: Props) {
  const { words, comparison, answer, forward } = state;
  const { shows } = comparison;
  const { gap, comparison: t } = words.t.measuring;
  const shown = cards(state);
  const time = answer && forward[`${answer.named.network} ${answer.named.picture.id}`];
  const filtered = shows === "overlay" && answer ? [t.filtered[answer.named.filter]] : [];
  // What a map without any preference would have on the bird.
  const even = answer?.explained.masses
    .filter(({ on }) => on !== "tag")
    .map(({ area }) => words.f.percent(area));
  const [whole, deciding] = even ?? [];
  return (
    <>
      <Picks state={state} actions={actions} />
      <div class="row">
        <Segments
          name="shows"
          legend={t.shows}
          value={shows}
          choices={t.show}
          onChange={(value) => actions.comparing.show(value)}
        />
        <Legend id="compare-legend" state={state} hidden={shows === "overlay" || !answer} />
        <Halt state={state} actions={actions} />
      </div>
      <div class="said">
        <p id="compare-word" class="soft">
          {[t.defaults, ...filtered].join(gap)}
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
          <MethodCard key={card.method.name} card={card} state={state} actions={actions} />
        ))}
      </ol>
      <p id="compare-times" class="soft">
        {[
          ...(time ? [t.forward(words.f.seconds(time))] : []),
          ...(whole && deciding ? [t.even(whole, deciding)] : []),
        ].join(gap)}
      </p>
    </>
  );
}

/** A box to tick for each method; one that can't be had says why. */
function Picks({ state: { words, methods, comparison, model }, actions }: Props) {
  const { picked } = comparison;
  const t = words.t.measuring.comparison;
  const missing = methods.flatMap(({ name }) => {
    const reason = whyNot(name, model?.info)?.(words);
    return reason === undefined ? [] : [{ name, word: t.missing(methodTitle(name), reason) }];
  });
  return (
    <>
      <fieldset id="picks">
        <legend>{t.picks}</legend>
        {methods.map((method) => {
          const { name } = method;
          const out = missing.some((one) => one.name === name);
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
        {missing.map(({ word }) => word).join(" ")}
      </p>
    </>
  );
}

/** One button calls the rest off, and afterwards makes it after all; it keeps its place and the focus. */
function Halt({ state, actions: { comparing } }: Props) {
  const { words, comparison, model } = state;
  const t = words.t.measuring.comparison;
  const rest = cards(state).filter(
    ({ method, question, outcome, waits }) =>
      question && outcome?.kind !== "done" && !waits && !whyNot(method.name, model?.info),
  );
  const busy = rest.some(({ outcome, work }) => work || (!outcome && !comparison.halted));
  return (
    <button
      id="compare-cancel"
      type="button"
      data-then="compare-open"
      style={{ visibility: rest.length > 0 && !isOld(state) ? "" : "hidden" }}
      onClick={() => (busy ? comparing.cancel() : comparing.resume())}
    >
      {busy ? words.t.work.cancel : t.goOn}
    </button>
  );
}

import type { Explained, Mass } from "c3lrp/client";
import { mapColours, overlayColours } from "../colours";
import type { Card } from "../compared";
import { isOld } from "../current";
import { drawCrop } from "../drawing";
import { cardOptions, methodTitle, methodWords, whyNot } from "../methods";
import type { State } from "../state";
import { Drawing, Pixels } from "./canvas";
import { ProgressBar, workWords } from "./progress";
import type { Props } from "./props";
import { RiseForm } from "./rise";

/** The map's side in pixels, enough for a high-density screen. */
const SIDE = 448;

interface CardProps extends Props {
  readonly card: Card;
  /** The magnitude with the full colour, if the cards share it. */
  readonly full: number | undefined;
}

/** A method's card in the comparison: its map, its time, and its numbers. */
export function MethodCard({ card, full, state, actions }: CardProps) {
  const { words, comparison, settings, opacity, scale } = state;
  const { method, question, outcome, work, waits } = card;
  const { name } = method;
  const { meaning, source } = methodWords(words, method);
  const t = words.t.measuring.card;
  const title = methodTitle(name);
  const [id, use] = [`compare-${name}`, `compare-${name}-use`];
  const explained = outcome?.kind === "done" ? outcome.value.explained : undefined;
  const over = comparison.shows === "overlay";
  const picture = question?.picture;
  const stopped = outcome ? outcome.kind !== "done" : comparison.halted && !waits && !work;
  const made = outcome?.kind === "off" ? "missing" : (outcome?.kind ?? "missing");
  return (
    <li class="method" data-method={name} data-state={work ? "making" : isOld(state) ? "old" : made}>
      <h3 id={id}>{title}</h3>
      <div class="frame">
        {over && picture && explained && (
          <Drawing
            class="ground"
            aria-hidden="true"
            draw={(canvas) => drawCrop(canvas, picture, explained.crop, SIDE)}
            of={[picture, explained]}
          />
        )}
        {explained && (
          <Pixels
            class="map"
            role="img"
            aria-label={over ? t.overlay(title) : t.relevance(title)}
            pixels={(over ? overlayColours : mapColours)(explained, scale, full)}
            size={explained}
            style={{ opacity: over ? `${opacity}` : "" }}
          />
        )}
        <div class="waits" hidden={work !== undefined || explained !== undefined}>
          <p class="wait">{waitingFor(card, state)}</p>
          <button
            type="button"
            hidden={!stopped}
            data-then={use}
            aria-describedby={id}
            onClick={actions.comparing.resume}
          >
            {words.t.work.tryAgain}
          </button>
        </div>
        {work && (
          <div class="making">
            <ProgressBar work={work} label={title} />
            <span class="what">{workWords(words, work)}</span>
          </div>
        )}
      </div>
      <dl>
        {rowsOf(state, explained).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="soft about">{meaning}</p>
      <p class="soft source">{t.source(source)}</p>
      <div class="foot">
        <button
          id={use}
          type="button"
          class="use"
          aria-pressed={settings.method.name === name}
          aria-describedby={id}
          onClick={() => actions.asking.set({ method: cardOptions(comparison, name) })}
        >
          {settings.method.name === name ? t.used : t.use}
        </button>
        {name === "rise" && <RiseForm state={state} actions={actions} />}
      </div>
    </li>
  );
}

function waitingFor({ method, outcome, waits }: Card, { words, answer, comparison, model }: State): string {
  const t = words.t.measuring.card;
  if (outcome?.kind === "failed") return outcome.say(words);
  if (!answer) return t.answer;
  const reason = whyNot(method.name, model?.info);
  if (reason) return reason(words);
  if (waits) return t.slow;
  return outcome || comparison.halted ? t.off : t.next;
}

/** Every card has the same rows, so that they can be read across. */
function rowsOf(state: State, explained: Explained | undefined): [string, string][] {
  const { words, answer, comparison, species } = state;
  const { f } = words;
  const t = words.t.measuring.card;
  const bird = answer?.named.picture.bird;
  const deciding = species.find(({ name }) => name === bird?.species)?.deciding ?? [];
  const share = (on: Mass["on"]): string => {
    const mass = explained?.masses.find((one) => one.on === on);
    const value = comparison.shows === "overlay" ? mass?.after : mass?.before;
    return value === undefined ? t.nothing : f.percent(value);
  };
  const [start, end] = [explained?.boundaries[0]?.sum, explained?.boundaries.at(-1)?.sum];
  const rows: [string, string][] = [
    [t.time, explained ? f.seconds(explained.milliseconds.backward) : t.nothing],
    [t.reaches, start && end !== undefined ? f.tenths(end / start) : t.nothing],
  ];
  if (bird) rows.push([t.whole, share("whole")], [t.deciding(deciding), share("deciding")]);
  if (bird?.tag) rows.push([t.tag, share("tag")]);
  return rows;
}

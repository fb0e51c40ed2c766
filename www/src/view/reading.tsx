import type { Fact } from "c3lrp";
import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { Model } from "../network";
import type { Fit } from "../question";
import type { Reading as Read } from "../source";
import type { State } from "../state";
import type { Words } from "../words/words";
import { Pixels } from "./canvas";
import type { Props } from "./props";

type Name = Fact["name"];

/** Facts that are lists of numbers, with the kind of list; other facts without choices are one number. */
const LISTS = { mean: "channels", std: "channels", strides: "strides", dilations: "dilations" } as const;
const wantedOf = (name: Name) => (name in LISTS ? LISTS[name as keyof typeof LISTS] : "one");

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

type ReadingProps = Props & { readonly model: Model };

/** How the network was read, which facts were assumed, a form to change them, and the picture as the network sees it. */
export function Reading(props: ReadingProps) {
  const { state, model } = props;
  const { words, answer } = state;
  const t = words.t.networks.reading;
  const facts = factsOf(state, model);
  const explained = answer?.named.network === model.id ? answer.explained : undefined;
  return (
    <>
      <div id="prepared-box">
        <figure id="seen-box" hidden={!explained}>
          <Pixels id="seen" role="img" aria-label={t.seen} pixels={explained?.seen} size={explained} />
          <figcaption>{t.sees}</figcaption>
        </figure>
        <p id="prepared" class="soft">
          {prepared(words, model, facts)}
        </p>
      </div>
      <p id="assumed" class="soft" hidden={model.entry?.bundled}>
        {assumed(words, facts)}
      </p>
      <details id="reading-box">
        <summary>{t.change}</summary>
        <Form {...props} facts={facts} />
      </details>
    </>
  );
}

/** The library's facts, with the page's current fit. */
const factsOf = ({ settings: { fit } }: State, { info }: Model): Fact[] =>
  info.facts.map((fact) => (fact.name === "fit" && fit ? { ...fact, value: fit, origin: "option" } : fact));

function prepared({ t, f }: Words, { info }: Model, facts: readonly Fact[]): string {
  const { reading } = t.networks;
  const text = (name: Name): string => shown(facts.find((fact) => fact.name === name)?.value ?? "");
  const standard = text("mean") === IMAGENET.mean.join(", ") && text("std") === IMAGENET.std.join(", ");
  const side = f.count(info.side);
  return reading.prepared(info.architecture, standard, [
    reading.size(`${side}\u00a0×\u00a0${side}`, word(reading.cut, text("fit"))),
    word(reading.resized, text("interpolation")),
    ...(info.channels === 1 ? [reading.grey] : text("order") === "bgr" ? [reading.blueFirst] : []),
  ]);
}

function assumed({ t }: Words, facts: readonly Fact[]): string {
  const { topics, nothing, everything, assumed } = t.networks.reading;
  const granted = facts.filter(({ origin }) => origin === "assumed");
  if (granted.length === 0) return nothing;
  if (granted.length === facts.length) return everything;
  // Some values have names: squeezing, borders, sigmoid.
  return assumed([...new Set(granted.map(({ name, value }) => word(topics, shown(value), topics[name])))]);
}

const word = (words: object, key: string, otherwise = key): string =>
  (words as Readonly<Record<string, string>>)[key] ?? otherwise;

/** A value in its usual form; 0.485 as f32 has many more digits. */
function shown(value: Fact["value"]): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
}

/** The typed text as the library's value; undefined if it is invalid. */
function taken(name: Name, text: string): number | number[] | undefined {
  const wanted = wantedOf(name);
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  const counts = wanted === "one" ? [1] : wanted === "channels" ? [1, 3] : undefined;
  const fits = counts?.includes(numbers.length) ?? numbers.length > 0;
  if (!fits || !numbers.every(Number.isFinite)) return undefined;
  return wanted === "one" ? numbers[0] : numbers;
}

/** The texts typed into a network's form, and which of them are invalid. */
interface Edit {
  readonly of: string;
  readonly typed: Readonly<Partial<Record<Name, string>>>;
  readonly wrong: readonly Name[];
}

function Form({ state, actions, model, facts }: ReadingProps & { readonly facts: readonly Fact[] }) {
  const { words, settings } = state;
  const t = words.t.networks.reading;
  // The typed texts stay until they are applied or the network changes.
  const of = `${model.id} ${settings.fit}`;
  const [edit, setEdit] = useState<Edit>();
  const { typed = {}, wrong = [] }: Partial<Edit> = edit?.of === of ? edit : {};
  const fields = Object.keys(t.fields).flatMap((name) => facts.filter((fact) => fact.name === name));
  const menus: Readonly<Partial<Record<Name, Readonly<Record<string, string>>>>> = t.choices;

  const apply = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const changes = fields.flatMap(({ name, value }) => {
      const text = typed[name];
      if (text === undefined || text.trim() === shown(value)) return [];
      return [[name, menus[name] ? text : taken(name, text)] as const];
    });
    const bad = changes.flatMap(([name, value]) => (value === undefined ? [name] : []));
    setEdit({ of, typed, wrong: bad });
    const [first] = bad;
    if (first) {
      actions.telling.complain(({ t }) => {
        const { wrong, fields, wanted } = t.networks.reading;
        return wrong(fields[first], wanted[wantedOf(first)]);
      }, "reading");
      const field = event.currentTarget.elements.namedItem(first);
      if (field instanceof HTMLElement) field.focus();
      return;
    }
    const { fit = settings.fit, ...reading } = Object.fromEntries(changes) as Read & { fit?: Fit };
    actions.choosing.readOtherwise({ ...model.reading, ...reading }, fit);
  };

  const field = ({ name, value, origin, said }: Fact) => {
    const choices = menus[name];
    const whose = `reading-${name}-origin`;
    const attributes = {
      id: name === "fit" ? "fit-choice" : `reading-${name}`,
      name,
      autocomplete: "off" as const,
      title: words.library(said),
      "aria-label": t.fields[name],
      "aria-describedby": whose,
      value: typed[name] ?? shown(value),
    };
    const type = (text: string): void => setEdit({ of, typed: { ...typed, [name]: text }, wrong });
    return (
      <label key={name} for={attributes.id}>
        <span>{t.fields[name]}</span>
        <span id={whose} class="soft">
          {t.origins[origin]}
        </span>
        {choices ? (
          <select {...attributes} onChange={({ currentTarget }) => type(currentTarget.value)}>
            {Object.entries(choices).map(([value, choice]) => (
              <option key={value} value={value}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...attributes}
            type="text"
            inputMode="decimal"
            aria-invalid={wrong.includes(name)}
            onInput={({ currentTarget }) => type(currentTarget.value)}
          />
        )}
      </label>
    );
  };

  return (
    <form id="reading" onSubmit={apply}>
      <div id="reading-fields">{fields.map(field)}</div>
      <div class="row">
        <button id="reading-apply" type="submit">
          {t.apply}
        </button>
        <button
          id="reading-reset"
          type="button"
          class="quiet"
          hidden={Object.keys(model.reading).length === 0 && settings.fit === undefined}
          data-then="reading-apply"
          onClick={() => actions.choosing.readOtherwise({}, undefined)}
        >
          {t.reset}
        </button>
      </div>
    </form>
  );
}

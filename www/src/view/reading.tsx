import type { Fact } from "c3lrp";
import { useRef, useState } from "preact/hooks";
import type { Fit } from "../question";
import type { Reading as Read } from "../source";
import type { Model, State } from "../state";
import type { Words } from "../words/words";
import { Pixels } from "./canvas";
import type { Props } from "./props";

type Name = keyof Read | "fit";

/** Those that are lists of numbers, with what is wanted of them; of others without choices it is one. */
const LISTS = { mean: "channels", std: "channels", strides: "strides", dilations: "dilations" } as const;
const wantedOf = (name: Name) => (name in LISTS ? LISTS[name as keyof typeof LISTS] : "one");

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

interface ReadingProps extends Props {
  readonly model: Model;
}

/** How the network was read, what of that nobody said, and the form that changes it; beside it what the network sees. */
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
          <Pixels
            id="seen"
            role="img"
            aria-label={t.seen}
            pixels={explained?.seen}
            width={explained?.width}
            height={explained?.height}
          />
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

/** What the library took, with how pictures are cut as the page does it now. */
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
  // Some are called by what they are: squeezing, borders, sigmoid.
  return assumed([...new Set(granted.map(({ name, value }) => word(topics, shown(value), topics[name])))]);
}

const word = (words: object, key: string, otherwise = key): string =>
  (words as Readonly<Record<string, string>>)[key] ?? otherwise;

/** A value as people write it; f32's 0.485 has more digits than anyone gave. */
function shown(value: Fact["value"]): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
}

const numbersIn = (text: string): number[] =>
  text
    .split(/[\s,;]+/)
    .filter((part) => part)
    .map(Number);

/** What is typed into the form of a network, and what of that can't be. */
interface Edit {
  readonly of: string;
  readonly typed: Readonly<Partial<Record<Name, string>>>;
  readonly wrong: readonly Name[];
}

function Form({ state, actions, model, facts }: ReadingProps & { readonly facts: readonly Fact[] }) {
  const { words, settings } = state;
  const t = words.t.networks.reading;
  const form = useRef<HTMLFormElement>(null);
  // What a person is typing is theirs until it is applied, or the network is another.
  const of = `${model.id} ${settings.fit}`;
  const [edit, setEdit] = useState<Edit>();
  const { typed = {}, wrong = [] }: Partial<Edit> = edit?.of === of ? edit : {};
  const fields = Object.keys(t.fields).flatMap((name) => facts.filter((fact) => fact.name === name));

  const apply = (event: Event): void => {
    event.preventDefault();
    const changed = fields.flatMap(({ name, value }) => {
      const text = typed[name];
      return text === undefined || text.trim() === shown(value)
        ? []
        : [{ name, text, numbers: numbersIn(text) }];
    });
    const bad = changed.filter(({ name, numbers }) => !(name in t.choices) && !fits(name, numbers));
    setEdit({ of, typed, wrong: bad.map(({ name }) => name) });
    const [first] = bad;
    if (first) {
      const { name } = first;
      actions.complain(
        ({ t: { networks } }) =>
          networks.reading.wrong(networks.reading.fields[name], networks.reading.wanted[wantedOf(name)]),
        "reading",
      );
      const field = form.current?.elements.namedItem(name);
      if (field instanceof HTMLElement) field.focus();
      return;
    }
    const changes = changed.map(({ name, text, numbers }) => {
      if (name in t.choices) return [name, text];
      return [name, name in LISTS ? numbers : numbers[0]];
    });
    const { fit = settings.fit, ...reading } = Object.fromEntries(changes) as Read & { fit?: Fit };
    actions.readOtherwise({ ...model.reading, ...reading }, fit);
  };

  return (
    <form id="reading" ref={form} onSubmit={apply}>
      <div id="reading-fields">
        {fields.map((fact) => (
          <Field
            key={fact.name}
            words={words}
            fact={fact}
            name={fact.name}
            text={typed[fact.name] ?? shown(fact.value)}
            wrong={wrong.includes(fact.name)}
            onType={(text) => setEdit({ of, typed: { ...typed, [fact.name]: text }, wrong })}
          />
        ))}
      </div>
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
          onClick={() => actions.readOtherwise({}, undefined)}
        >
          {t.reset}
        </button>
      </div>
    </form>
  );
}

function fits(name: Name, numbers: readonly number[]): boolean {
  const count = numbers.length;
  const wanted = wantedOf(name);
  const right =
    wanted === "one" ? count === 1 : wanted === "channels" ? count === 1 || count === 3 : count > 0;
  return right && numbers.every(Number.isFinite);
}

interface FieldProps {
  readonly words: Words;
  readonly fact: Fact;
  readonly name: Name;
  readonly text: string;
  readonly wrong: boolean;
  readonly onType: (text: string) => void;
}

function Field({ words, fact, name, text, wrong, onType }: FieldProps) {
  const t = words.t.networks.reading;
  const choices =
    name in t.choices ? Object.entries<string>(t.choices[name as keyof typeof t.choices]) : undefined;
  const whose = `reading-${name}-origin`;
  const field = {
    id: name === "fit" ? "fit-choice" : `reading-${name}`,
    name,
    autocomplete: "off" as const,
    title: words.library(fact.said),
    "aria-label": t.fields[name],
    "aria-describedby": whose,
    value: text,
  };
  return (
    <label for={field.id}>
      <span>{t.fields[name]}</span>
      <span id={whose} class="soft">
        {t.origins[fact.origin]}
      </span>
      {choices ? (
        <select {...field} onChange={({ currentTarget }) => onType(currentTarget.value)}>
          {choices.map(([value, choice]) => (
            <option key={value} value={value}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...field}
          type="text"
          inputMode="decimal"
          aria-invalid={wrong}
          onInput={({ currentTarget }) => onType(currentTarget.value)}
        />
      )}
    </label>
  );
}

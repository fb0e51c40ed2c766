import type { Fact } from "c3lrp";
import type { Actions } from "../actions";
import { byId, element, fill, make, memo, say } from "../dom";
import { putPixels } from "../drawing";
import type { Reading } from "../source";
import type { Fit, Model, Render, State } from "../state";
import { enumerate } from "../words";

type Name = keyof Reading | "fit";

/** What is taken for granted, in a word each; several options may be one thing. */
const TOPICS: Readonly<Record<Fact["name"], string>> = {
  side: "size",
  fit: "centre crop",
  crop: "the crop's share",
  interpolation: "resizing",
  mean: "mean and deviation",
  std: "mean and deviation",
  order: "order of colours",
  output: "softmax",
  strideIn: "strides",
  strides: "strides",
  dilations: "strides",
  normEpsilon: "BatchNorm's ε",
};

/** Those that are called by what they are. */
const GRANTED: Readonly<Partial<Record<Fact["name"], Readonly<Record<string, string>>>>> = {
  fit: { squash: "squeezing", whole: "borders" },
  output: { sigmoid: "sigmoid" },
};

const ORIGINS: Readonly<Record<Fact["origin"], string>> = {
  assumed: "taken for granted",
  file: "from the file",
  config: "from its config",
  option: "chosen",
};

const FIELDS: Readonly<
  Record<Name, { readonly title: string; readonly choices?: Readonly<Record<string, string>> }>
> = {
  side: { title: "Side in pixels" },
  fit: {
    title: "The picture becomes square by",
    choices: { crop: "a crop at the centre", squash: "squeezing it", whole: "borders around all of it" },
  },
  crop: { title: "Share that a crop keeps" },
  interpolation: {
    title: "Resized",
    choices: { bilinear: "bilinearly", bicubic: "bicubically" },
  },
  mean: { title: "Mean, from 0 to 1" },
  std: { title: "Standard deviation" },
  order: { title: "Order of colours", choices: { rgb: "red, green, blue", bgr: "blue, green, red" } },
  output: {
    title: "Classes",
    choices: { softmax: "exclude each other (softmax)", sigmoid: "each by itself (sigmoid)" },
  },
  strideIn: {
    title: "Stride of bottlenecks",
    choices: { "3x3": "in the 3×3, as torchvision", "1x1": "in the first 1×1, as Caffe and Keras" },
  },
  strides: { title: "Strides of the stages" },
  dilations: { title: "Dilations of the stages" },
  normEpsilon: { title: "BatchNorm's ε" },
};
const NAMES = Object.keys(FIELDS) as Name[];
/** Those that are lists, with what is wanted of them. */
const LISTS: Readonly<Partial<Record<Name, { readonly wanted: string; fits(count: number): boolean }>>> = {
  mean: {
    wanted: "one number, or three with commas between them",
    fits: (count) => count === 1 || count === 3,
  },
  std: {
    wanted: "one number, or three with commas between them",
    fits: (count) => count === 1 || count === 3,
  },
  strides: { wanted: "a number for each stage, such as 1, 2, 2, 2", fits: (count) => count > 0 },
  dilations: { wanted: "a number for each stage, such as 1, 1, 2, 4", fits: (count) => count > 0 },
};

/** How the network was read, what of that nobody said, and the form that changes it; beside it what the network sees. */
export function readingView(actions: Actions): Render {
  const form = element("reading", HTMLFormElement);
  const seen = element("seen", HTMLCanvasElement);
  let state: State | undefined;
  let fields: readonly Field[] = [];
  const build = memo(() => {
    fields = factsOf(state).flatMap((fact) => (isName(fact.name) ? [field(fact, fact.name)] : []));
    fields = NAMES.flatMap((name) => fields.filter((one) => one.name === name));
    fill(
      byId("reading-fields"),
      fields.map(({ label }) => label),
    );
  });
  const drawSeen = memo(() => {
    const explained = state?.result?.explained;
    if (explained) putPixels(seen, explained.seen, explained.width, explained.height);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = fields.filter((one) => !one.check());
    const [first] = wrong;
    if (first) {
      actions.complain(first.complaint);
      first.focus();
      return;
    }
    const changes = Object.assign({}, ...fields.map((one) => one.change())) as Reading & { fit?: Fit };
    const { fit = state?.settings.fit, ...reading } = changes;
    actions.readOtherwise({ ...state?.model?.reading, ...reading }, fit);
  });
  byId("reading-reset").addEventListener("click", () => actions.readOtherwise({}, undefined));
  return (next) => {
    state = next;
    const { model, result } = next;
    if (!model) return;
    const facts = factsOf(next);
    build(model, next.settings.fit);
    say(byId("prepared"), prepared(model, facts));
    const granted = model.entry?.bundled ? "" : assumed(facts);
    say(byId("assumed"), granted);
    byId("assumed").hidden = granted === "";
    byId("reading-reset").hidden = Object.keys(model.reading).length === 0 && next.settings.fit === undefined;
    drawSeen(result?.explained);
    byId("seen-box").hidden = result === undefined;
  };
}

const isName = (name: string): name is Name => NAMES.includes(name as Name);

/** What the library took, with how pictures are cut as the page does it now. */
function factsOf(state: State | undefined): readonly Fact[] {
  const { model, settings } = state ?? {};
  return (model?.info.facts ?? []).map((fact) =>
    fact.name === "fit" && settings?.fit ? { ...fact, value: settings.fit, origin: "option" } : fact,
  );
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** "Read as ResNet-50; prepared as ImageNet's pictures: 224 × 224 by centre crop, bilinear." */
function prepared({ info }: Model, facts: readonly Fact[]): string {
  const text = (name: Fact["name"]): string => shown(facts.find((fact) => fact.name === name)?.value ?? "");
  const fits: Readonly<Record<string, string>> = {
    crop: "by centre crop",
    squash: "squeezed",
    whole: "with borders",
  };
  const standard = text("mean") === IMAGENET.mean.join(", ") && text("std") === IMAGENET.std.join(", ");
  const colours = info.channels === 1 ? ["in grey"] : text("order") === "bgr" ? ["blue first"] : [];
  const how = [
    `${info.side}\u00a0×\u00a0${info.side} ${fits[text("fit")] ?? ""}`.trim(),
    text("interpolation"),
    ...colours,
  ];
  return `Read as ${info.architecture}; pictures prepared ${standard ? "as ImageNet's" : "in its own way"}: ${how.join(", ")}.`;
}

function assumed(facts: readonly Fact[]): string {
  const granted = facts.filter(({ origin }) => origin === "assumed");
  const said = facts.filter(({ origin }) => origin !== "assumed");
  const topics = [
    ...new Set(granted.map(({ name, value }) => GRANTED[name]?.[shown(value)] ?? TOPICS[name])),
  ];
  if (topics.length === 0) return "Nothing is taken for granted.";
  if (said.length === 0) return "All of this is taken for granted: the file says nothing of it.";
  return `Taken for granted: ${enumerate(topics)}.`;
}

/** A value as people write it; f32's 0.485 has more digits than anyone gave. */
function shown(value: Fact["value"]): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
}

interface Field {
  readonly name: Name;
  readonly label: HTMLLabelElement;
  readonly complaint: string;
  check(): boolean;
  /** What differs from the value that is in use. */
  change(): Partial<Record<Name, unknown>>;
  focus(): void;
}

function field({ value, origin, sentence }: Fact, name: Name): Field {
  const { title, choices } = FIELDS[name];
  const before = shown(value);
  const words = Object.entries(choices ?? {});
  const input = choices
    ? make("select", {}, ...words.map(([key, word]) => make("option", { value: key }, word)))
    : make("input", { type: "text", inputMode: "decimal" });
  input.name = name;
  if (name === "fit") input.id = "fit-choice";
  input.value = before;
  input.title = sentence;
  input.setAttribute("aria-label", title);
  const whose = make("span", { className: "soft" }, ORIGINS[origin]);
  whose.id = `reading-${name}-origin`;
  input.setAttribute("aria-describedby", whose.id);
  const label = make("label", {}, make("span", {}, title), whose, input);
  const numbers = (): number[] =>
    input.value
      .split(/[\s,;]+/)
      .filter((part) => part)
      .map(Number);
  const list = LISTS[name];
  const check = (): boolean => {
    const given = numbers();
    const right =
      choices !== undefined ||
      ((list ? list.fits(given.length) : given.length === 1) && given.every(Number.isFinite));
    input.setAttribute("aria-invalid", String(!right));
    return right;
  };
  const change = (): Partial<Record<Name, unknown>> => {
    if (input.value.trim() === before) return {};
    if (choices) return { [name]: input.value };
    return { [name]: list ? numbers() : numbers()[0] };
  };
  return {
    name,
    label,
    complaint: `“${title}” must be ${list?.wanted ?? "a number"}. Nothing was changed.`,
    check,
    change,
    focus: () => input.focus(),
  };
}

// What a bench measured, figure by figure, and what became worse since the last commit. `figures/NAME.json` has for each
// figure its rounds, so that a later run can tell a change from noise.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** The value at a share of the way through the values in their order, between two of them in proportion. */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (at - Math.floor(at)) * (above - below);
}

/** The middle value, or the mean of the two in the middle. */
export const median = (values) => quantile(values, 0.5);

/** Five digits are more than any clock is worth. */
const short = (value) => Number(value.toPrecision(5));

/**
 * A figure of its rounds, or of a single value. `better` is "less" or "more". Units are "ms", "s", "MB" and "per second", which
 * depend on the machine, and "bytes", "ratio" and "share", which don't.
 */
export function figure(name, unit, better, values) {
  const rounds = [values].flat();
  if (!["less", "more"].includes(better)) throw Error(`${name}: better is "less" or "more", not "${better}"`);
  if (rounds.length === 0 || !rounds.every(Number.isFinite))
    throw Error(`${name}: ${JSON.stringify(rounds)} are no figures`);
  const exact = unit === "bytes" ? (value) => value : short;
  return {
    name,
    unit,
    better,
    median: exact(median(rounds)),
    lowest: exact(Math.min(...rounds)),
    quartiles: [0.25, 0.75].map((share) => exact(quantile(rounds, share))),
    rounds: rounds.map(exact),
  };
}

/** Rounds by name, as a list of what single rounds gave has them: `[{ a: 1 }, { a: 2 }]` gives `[1, 2]` for "a". */
export const column = (runs, name) => runs.map((run) => run[name]);

/** The ratio of two columns, round by round. */
export const ratios = (above, below) => above.map((value, round) => value / below[round]);

/** Units that say the same on every machine. */
const ANYWHERE = ["bytes", "ratio", "share"];

/** What comes out the same with every run: each change is one. */
const EXACT = ["bytes", "share"];

/** A change by less than this share is not worth a word. */
const LEAST = 0.01;

/** The spread that a figure of one or two rounds is taken to have, as a share of it. */
const UNKNOWN = 0.1;

/** How far a figure's rounds lie apart: between its quartiles. */
function spread({ unit, median, quartiles: [low, high], rounds }) {
  if (EXACT.includes(unit)) return 0;
  return rounds.length < 3 ? UNKNOWN * Math.abs(median) : high - low;
}

/**
 * What became worse between two runs, by the medians: by more than both spreads together, and by more than a hundredth.
 * Where processor or adapter differ, only figures that don't depend on the machine are compared.
 *
 * `sameMachine` says whether they are the same, `worse` lists the figures with both medians and the spread, `compared` is how many were
 * compared, and `gone` are the names of figures that the second run lacks.
 */
export function compare(before, now) {
  const sameMachine = ["processor", "adapter"].every((part) => before.machine[part] === now.machine[part]);
  const found = new Map(now.figures.map((one) => [one.name, one]));
  const gone = before.figures.map(({ name }) => name).filter((name) => !found.has(name));
  const both = before.figures.filter(
    ({ name, unit }) => found.get(name)?.unit === unit && (sameMachine || ANYWHERE.includes(unit)),
  );
  const worse = both.flatMap((old) => {
    const { name, unit, better } = old;
    const one = found.get(name);
    const by = better === "less" ? one.median - old.median : old.median - one.median;
    const noise = spread(old) + spread(one);
    return by > noise && by > LEAST * Math.abs(old.median)
      ? [{ name, unit, before: old.median, now: one.median, spread: short(noise) }]
      : [];
  });
  return { sameMachine, compared: both.length, worse, gone };
}

/** A comparison in words, a line for each figure that became worse. */
export function inWords({ sameMachine, compared, worse, gone }, { date }) {
  const machines = sameMachine ? "" : " The machines differ, so only ratios, shares and bytes are compared.";
  const head = `Beside the committed figures of ${date}, ${worse.length} of ${compared} became worse by more than their spread.${machines}`;
  const value = (value, unit) => `${value.toLocaleString("en", { maximumSignificantDigits: 5 })} ${unit}`;
  return [
    head,
    ...worse.map(
      ({ name, unit, before, now, spread }) =>
        `  WORSE: ${name}: ${value(before, unit)} → ${value(now, unit)} (both spreads together: ${value(spread, unit)})`,
    ),
    ...gone.map((name) => `  no longer measured: ${name}`),
  ].join("\n");
}

/** The figures of a bench as they were committed last; none where it has none yet. */
function committed(name) {
  try {
    const shown = ["show", `HEAD:tests/bench/figures/${name}.json`];
    const text = execFileSync("git", shown, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The file's text: a line for each figure, so that a diff names what changed. */
function written({ figures, ...run }) {
  const head = JSON.stringify(run, null, 2).replace(/\n\}$/, "");
  return `${head},\n  "figures": [\n${figures.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]\n}\n`;
}

/** Writes `figures/NAME.json`, and says what became worse since it was committed. */
export function keepFigures(name, run) {
  const folder = path.join(import.meta.dirname, "figures");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.json`), written(run));
  const before = committed(name);
  console.log(
    before ? inWords(compare(before, run), before) : `No figures of ${name} are committed to compare with.`,
  );
}

/** The version of an npm package of the benches, as it is installed. */
export function versionOf(name) {
  const file = path.join(import.meta.dirname, "node_modules", name, "package.json");
  return JSON.parse(fs.readFileSync(file, "utf8")).version;
}

import type { Answer } from "../answer";
import { subjectOf } from "../current";
import { methodTitle } from "../methods";
import type { State } from "../state";
import { recordOf, SOFTWARE } from "./record";

/** The report's style sheet; its policy allows only this hash. */
export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1.25rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { flex: 1 1 18rem; margin: 0; }
img { display: block; width: 100%; border-radius: 8px; }
figcaption, footer { font-size: .9rem; opacity: .75; margin-top: .4rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #8884; padding: .3rem 1.5rem .3rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 500; }
footer { margin-top: 2.5rem; }
@media print { body { margin: 0; } }
`;

/** SHA-256 of STYLE in base64; a test compares them. */
export const STYLE_HASH = "v6pV1nRuBq1DxlCw+DJAHMxwITavFiFLkwQV9khASY0=";

/** Nothing is fetched, nothing runs, nothing is sent. */
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** The report's pictures as data addresses. */
export type Pictures = Readonly<Record<"over" | "map", string>>;

/** A self-contained page about one explanation: pictures, scores, settings and versions. */
export function reportHtml(state: State, answer: Answer, pictures: Pictures): string {
  const { words } = state;
  const { f } = words;
  const { saving, stage, filters } = words.t;
  const t = saving.report;
  const record = recordOf(state, answer);
  const { explained, named } = answer;
  const { picture, fit } = named;
  const subject = subjectOf(state, answer);
  const title = t.title({ name: subject, share: explained.probability });
  const { name: method, ...options } = named.method;
  const settings: [string, string][] = [
    [
      t.method,
      [methodTitle(method), ...Object.entries(options).map(([key, value]) => `${key} ${value}`)].join(", "),
    ],
    [t.filter, filters[named.filter].title],
    [t.picture, `${record.picture.name}, ${record.picture.width} × ${record.picture.height}`],
    [t.network, [record.network, record.weights].filter(Boolean).join(", ")],
    [t.device, [record.device, record.adapter].filter(Boolean).join(", ")],
    // The picture may be cropped differently from the network's default.
    ...(fit ? [["fit", fit] as [string, string]] : []),
    ...(record.facts ?? [])
      .filter(({ name }) => name !== "fit" || !fit)
      .map((fact): [string, string] => [fact.name, words.library(fact.said)]),
  ];
  const scores = [
    [t.logit, f.figure(explained.logit)],
    ...record.boundaries.slice(0, 1).map(({ sum }) => [t.start, f.figure(sum)] as const),
    ...record.boundaries.slice(-1).map(({ sum }) => [t.arrived, f.figure(sum)] as const),
    ...(explained.region ? [[t.region, t.box(explained.region)] as const] : []),
    ...(explained.fit ? [[t.overlap, t.overlaps(explained.fit)] as const] : []),
    ...(record.curves
      ? ([
          [t.insertion, f.figure(record.curves.insertion.area)],
          [t.deletion, f.figure(record.curves.deletion.area)],
        ] as const)
      : []),
  ];
  const classes = record.top5.map(({ label, probability }) => [label, f.percent(probability)]);
  const parts = state.species.find(({ name }) => name === picture.bird?.species)?.deciding ?? [];
  const masses = explained.masses.map(({ on, before, after, area }) => {
    const share = (value: number | undefined): string => (value === undefined ? "–" : f.percent(value));
    return [stage.masses.on({ on, parts }), share(before), share(after), share(area)];
  });
  const columns = ["", stage.masses.whole, filters[named.filter].left, stage.masses.even];
  const body = [
    `<h1>${escaped(title)}</h1>`,
    `<div class="figures">${figure(pictures.over, stage.figures.overCaption)}${figure(pictures.map, stage.figures.rawCaption)}</div>`,
    section(t.classes, table(classes)),
    section(t.scores, table(scores)),
    masses.length > 0 ? section(stage.masses.caption(subject), table(masses, columns)) : "",
    section(t.settings, table(settings)),
    `<footer>${escaped(t.foot(SOFTWARE))}</footer>`,
  ];
  const head = [
    "<!doctype html>",
    `<html lang="${words.language}">`,
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<meta name="viewport" content="width=device-width">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
  ];
  return `${[...head, ...body].filter(Boolean).join("\n")}\n`;
}

const figure = (address: string, caption: string): string =>
  `<figure><img src="${address}" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`;

const section = (title: string, inside: string): string => `<h2>${escaped(title)}</h2>\n${inside}`;

/** Rows whose first cell names them. */
function table(rows: readonly (readonly string[])[], columns: readonly string[] = []): string {
  const row = ([name = "", ...cells]: readonly string[]): string =>
    `<tr><th scope="row">${escaped(name)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  const [first = "", ...others] = columns;
  const head =
    columns.length > 0
      ? `<tr><td>${escaped(first)}</td>${others.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr>`
      : "";
  return `<table>${head}${rows.map(row).join("")}</table>`;
}

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for use between tags and in quotes. */
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? "");

import type { Answer } from "../answer";
import { fullColour } from "../colours";
import { subjectOf } from "../current";
import { methodTitle } from "../methods";
import type { State } from "../state";
import { arraysNpz } from "./arrays";
import { comparisonCsv } from "./csv";
import { FIGURES, type Figure, figurePng } from "./pictures";
import { recordOf } from "./record";
import { reportHtml } from "./report";

/** What can be saved: pictures, numbers, a report, and the comparison. */
export const FORMATS = [...FIGURES, "arrays", "record", "report", "comparison"] as const;
export type Format = (typeof FORMATS)[number];

/** Formats that the page makes by itself; arrays need the relevance per channel from the engine. */
export type Own = Exclude<Format, "arrays">;

/** The longest side of the report's pictures, in pixels. */
const REPORT_SIDE = 1200;

/** Saves what the page shows as a file. */
export async function save(state: State, format: Own): Promise<void> {
  const { answer } = state;
  if (!answer) return;
  const blob = await fileOf(state, answer, format);
  if (blob) download(blob, nameOf(answer, ...END[format]));
}

/** Saves all arrays. */
export function saveArrays(state: State, answer: Answer, relevance: Float32Array): void {
  download(arraysNpz(answer, recordOf(state, answer), relevance), nameOf(answer, "", "npz"));
}

async function fileOf(state: State, answer: Answer, format: Own): Promise<Blob> {
  const drawn = (figure: Figure, most?: number): Promise<Blob> =>
    figurePng(answer, figure, {
      opacity: state.opacity,
      scale: state.scale,
      caption: captionOf(state, answer),
      ...(most === undefined ? {} : { most }),
    });
  switch (format) {
    case "both":
    case "over":
    case "map":
      return await drawn(format);
    case "record":
      return textFile(`${JSON.stringify(recordOf(state, answer), undefined, 2)}\n`, "application/json");
    case "report": {
      const [over, map] = await Promise.all([drawn("over", REPORT_SIDE), drawn("map", REPORT_SIDE)]);
      const pictures = { over: await addressOf(over), map: await addressOf(map) };
      return textFile(reportHtml(state, answer, pictures), "text/html");
    }
    case "comparison":
      return textFile(comparisonCsv(state), "text/csv");
  }
}

const textFile = (text: string, type: string): Blob => new Blob([text], { type: `${type};charset=utf-8` });

/** The end of a file's name: its content and its extension. */
const END: Readonly<Record<Own, readonly [what: string, end: string]>> = {
  both: ["", "png"],
  over: ["overlay", "png"],
  map: ["map", "png"],
  record: ["", "json"],
  report: ["", "html"],
  comparison: ["comparison", "csv"],
};

/** A file's name with its content: c3lrp-class-3-map.png. */
function nameOf({ explained }: Answer, what: string, end: string): string {
  return `${["c3lrp-class", explained.target, what].filter((part) => part !== "").join("-")}.${end}`;
}

/** The line under both figures. */
function captionOf(state: State, answer: Answer): string {
  const { explained, named } = answer;
  const { closer: t } = state.words.t;
  return state.words.t.stage.caption({
    name: subjectOf(state, answer),
    share: explained.probability,
    method: methodTitle(named.method.name),
    filter: named.filter,
    colours: `${t.saved[state.scale]}, ${t.limit(fullColour(explained.map))}`,
  });
}

/** A file as a data address. */
const addressOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

/** Milliseconds until any browser has certainly taken the file. */
const TAKEN = 60_000;

/** Gives a file to the browser as a download. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN);
}

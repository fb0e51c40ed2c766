/** An error whose message is a sentence for the person: what happened and what to do. */
export class UserError extends Error {
  override name = "UserError";
}

/** The person called the work off; nothing is to be said. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

export const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** How far a transfer is: "40 of 102 MB". */
export const megabytesOf = (done: number, total: number): string =>
  total < 1e6
    ? `${Math.round(done / 1e3)} of ${megabytes(total)}`
    : `${(done / 1e6).toFixed(total < 1e7 ? 1 : 0)} of ${megabytes(total)}`;

export const seconds = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

export const percent = (share: number): string => {
  const hundred = share * 100;
  if (hundred > 0 && hundred < 0.1) return "<\u00a00.1\u00a0%";
  return `${hundred.toFixed(hundred < 10 && hundred > 0 ? 1 : 0)}\u00a0%`;
};

/** A share to be compared with the whole: "99.9 %". */
export const tenths = (share: number): string => `${minus((100 * share).toFixed(1))}\u00a0%`;

/** How long the rest takes, by how long this much of it took; empty until that can be told. */
export function timeLeft(done: number, total: number, milliseconds: number): string {
  if (done <= 0) return "";
  const left = Math.max(1, Math.round(((milliseconds / done) * (total - done)) / 1000));
  return left < 100 ? `about ${left} s left` : `about ${Math.round(left / 60)} min left`;
}

/** "head", "head and legs", "beak, head and legs". */
export const enumerate = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A number short enough to read and exact enough to compare. */
export const figure = (value: number): string =>
  value === 0 ? "0" : minus(Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(3));

/** The same in at most six characters, as long as it is below a thousand. */
export const shortFigure = (value: number): string =>
  minus(Math.abs(value) < 9.9995 ? value.toFixed(3) : value.toPrecision(3));

/** With a minus sign in place of the hyphen. */
const minus = (number: string): string => number.replaceAll("-", "−");

const CELLS = [
  "in the upper left",
  "at the top",
  "in the upper right",
  "on the left",
  "in the centre",
  "on the right",
  "in the lower left",
  "at the bottom",
  "in the lower right",
] as const;

/** What a relevance map says, for those who do not see its colours. */
export interface MapInWords {
  /** Of all relevance, the part that speaks for the class. */
  readonly forShare: number;
  /** Where the ninth of the map with the most positive relevance lies, and its part of that. */
  readonly place: string;
  readonly placeShare: number;
  /** The part of the map's area that the filter keeps. */
  readonly keptShare: number;
  /** Relevance in each ninth as a part of all |relevance|, row by row. */
  readonly ninths: readonly number[];
}

export function mapInWords(map: Float32Array, mask: Uint8Array, width: number, height: number): MapInWords {
  const plus = new Array<number>(9).fill(0);
  const minus = new Array<number>(9).fill(0);
  for (let i = 0; i < map.length; i++) {
    const cell = 3 * Math.floor((3 * Math.floor(i / width)) / height) + Math.floor((3 * (i % width)) / width);
    const value = map[i] ?? 0;
    if (value > 0) plus[cell] = (plus[cell] ?? 0) + value;
    else minus[cell] = (minus[cell] ?? 0) - value;
  }
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const [all, up] = [sum(plus) + sum(minus), sum(plus)];
  const best = plus.reduce((top, value, cell) => (value > (plus[top] ?? 0) ? cell : top), 0);
  return {
    forShare: all > 0 ? up / all : 0,
    place: up > 0 ? (CELLS[best] ?? "") : "nowhere",
    placeShare: up > 0 ? (plus[best] ?? 0) / up : 0,
    keptShare: mask.reduce((a, b) => a + b, 0) / mask.length,
    ninths: plus.map((value, cell) => (all > 0 ? (value - (minus[cell] ?? 0)) / all : 0)),
  };
}

/** Any thrown thing as a sentence for the person. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const plain = text.trim() || "Something went wrong, and the browser does not say what. Reload the page.";
  return /[.!?…]$/.test(plain) ? capital(plain) : `${capital(plain)}.`;
}

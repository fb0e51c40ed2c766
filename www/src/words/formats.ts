/** How a language writes numbers, sizes and lists. */
export interface Formats {
  /** A whole number with its separators: "1,000". */
  count(value: number): string;
  /** A share: "7.2 %", "83 %", "< 0.1 %". */
  percent(share: number): string;
  /** A share with one decimal: "99.9 %". */
  tenths(share: number): string;
  /** A number, short but exact enough to compare. */
  figure(value: number): string;
  /** A number in at most six characters, if it is below a thousand. */
  shortFigure(value: number): string;
  /** "102 MB". */
  bytes(bytes: number): string;
  /** The progress of a transfer: "40 of 102 MB". */
  bytesOf(done: number, total: number): string;
  /** "380 ms", "4.2 s". */
  seconds(milliseconds: number): string;
  /** "head", "head and legs", "beak, head and legs". */
  list(words: readonly string[]): string;
}

const NARROW = "\u00a0";

export function formats(language: string): Formats {
  const locale = language === "ja" ? "ja" : "en-GB";
  const numbers = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => format.format(value).replaceAll("-", "−");
  };
  const whole = numbers({ maximumFractionDigits: 0 });
  const one = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const three = numbers({ minimumFractionDigits: 3, maximumFractionDigits: 3, useGrouping: false });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const plain = (text: string): string => text.replaceAll("-", "−");
  const millions = (bytes: number, total: number): string =>
    total < 1e6 ? whole(bytes / 1e3) : (total < 1e7 ? one : whole)(bytes / 1e6);
  const unit = (total: number): string => (total < 1e6 ? "kB" : "MB");
  const size = (bytes: number): string => `${millions(bytes, bytes)} ${unit(bytes)}`;
  return {
    count: whole,
    percent: (share) => {
      const hundred = share * 100;
      if (hundred > 0 && hundred < 0.1) return `<${NARROW}0.1${NARROW}%`;
      return `${(hundred < 10 && hundred > 0 ? one : whole)(hundred)}${NARROW}%`;
    },
    tenths: (share) => `${one(100 * share)}${NARROW}%`,
    figure: (value) =>
      value === 0 ? "0" : plain(Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(3)),
    shortFigure: (value) => (Math.abs(value) < 9.9995 ? three(value) : plain(value.toPrecision(3))),
    bytes: size,
    bytesOf: (done, total) =>
      language === "ja"
        ? `${millions(done, total)} / ${size(total)}`
        : `${millions(done, total)} of ${size(total)}`,
    seconds: (milliseconds) =>
      milliseconds < 1000 ? `${whole(milliseconds)} ms` : `${one(milliseconds / 1000)} s`,
    list: (words) => list.format(words),
  };
}

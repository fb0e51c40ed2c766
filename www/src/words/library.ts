/** A message of the library: its code, its parameters, and the English text. */
export interface Sentence {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * The message in the language of `texts`, its templates: `{name}` stands for a parameter, `{name:or}` and
 * `{name:semicolon}` for a list joined that way. Other braces are text. Without a template, the message
 * is in English.
 */
export function libraryText(
  language: string,
  texts: Readonly<Record<string, string>>,
  { code, params, text }: Sentence,
): string {
  const template = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (template === undefined) return text;
  return template.replaceAll(/\{([a-z_]+)(?::([a-z]+))?\}/g, (whole, name: string, join?: string) =>
    Object.hasOwn(params, name) ? written(language, texts, params[name], join) : whole,
  );
}

function written(
  language: string,
  texts: Readonly<Record<string, string>>,
  value: unknown,
  join?: string,
): string {
  if (typeof value === "number") return figure(language, value);
  if (!Array.isArray(value)) return isSentence(value) ? libraryText(language, texts, value) : String(value);
  // Shapes and the like are the same in every language.
  const each = value.map((part) => (typeof part === "number" ? plain(part) : written(language, texts, part)));
  if (value.every((part) => typeof part === "number")) return each.join(", ");
  if (join === "semicolon") return each.join(language === "ja" ? "；" : "; ");
  const type = join === "or" ? "disjunction" : "conjunction";
  return new Intl.ListFormat(language, { type, style: join ? "long" : "narrow" }).format(each);
}

/** Whether a parameter is itself a message. */
export const isSentence = (value: unknown): value is Sentence =>
  typeof value === "object" &&
  value !== null &&
  typeof Reflect.get(value, "code") === "string" &&
  typeof Reflect.get(value, "text") === "string" &&
  typeof Reflect.get(value, "params") === "object";

const figure = (language: string, value: number): string => {
  const size = Math.abs(value);
  if (size > 0 && (size < 1e-3 || size >= 1e16)) return plain(value);
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 17 }).format(value);
};

const plain = (value: number): string => {
  const size = Math.abs(value);
  return size > 0 && (size < 1e-3 || size >= 1e16) && Number.isFinite(value)
    ? value.toExponential()
    : String(value);
};

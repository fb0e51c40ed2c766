import type { Formats } from "./formats";
import { entries } from "./ja/entries";
import { errors } from "./ja/errors";
import { link } from "./ja/link";
import { measuring } from "./ja/measuring";
import { networks } from "./ja/networks";
import { painting } from "./ja/painting";
import { stage } from "./ja/stage";
import { work } from "./ja/work";
import type { Catalogue } from "./words";

/** The page in Japanese. */
export const ja = (f: Formats): Catalogue => ({
  /** How the language calls itself, in the switch. */
  name: "日本語",
  entries: entries(f),
  errors: errors(f),
  work: work(f),
  link: link(f),
  stage: stage(f),
  painting: painting(f),
  measuring: measuring(f),
  networks: networks(f),
});

import type { Catalogue } from "./en";
import type { Formats } from "./formats";
import { batch } from "./ja/batch";
import { camera } from "./ja/camera";
import { closer } from "./ja/closer";
import { entries } from "./ja/entries";
import { errors } from "./ja/errors";
import { filters } from "./ja/filters";
import { link } from "./ja/link";
import { measuring } from "./ja/measuring";
import { networks } from "./ja/networks";
import { painting } from "./ja/painting";
import { saving } from "./ja/saving";
import { stage } from "./ja/stage";
import { work } from "./ja/work";

/** The page's texts in Japanese. */
export const ja = (f: Formats): Catalogue => ({
  /** The language's own name, in the menu. */
  name: "日本語",
  entries: entries(f),
  errors: errors(f),
  work: work(f),
  link: link(f),
  stage: stage(f),
  closer: closer(f),
  painting: painting(f),
  camera: camera(f),
  batch: batch(f),
  filters,
  measuring: measuring(f),
  networks: networks(f),
  saving: saving(f),
});

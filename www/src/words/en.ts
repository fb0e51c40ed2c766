import { batch } from "./en/batch";
import { camera } from "./en/camera";
import { closer } from "./en/closer";
import { entries } from "./en/entries";
import { errors } from "./en/errors";
import { filters } from "./en/filters";
import { link } from "./en/link";
import { measuring } from "./en/measuring";
import { networks } from "./en/networks";
import { painting } from "./en/painting";
import { saving } from "./en/saving";
import { stage } from "./en/stage";
import { work } from "./en/work";
import type { Formats } from "./formats";

/** The page's texts in English. Every other catalogue must have the same shape. */
export const en = (f: Formats) => ({
  /** The language's own name, in the menu. */
  name: "English",
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

/** All texts of the page in one language. Another catalogue has the same keys, and takes the same parameters. */
export type Catalogue = ReturnType<typeof en>;

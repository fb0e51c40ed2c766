/** What this project's own page uses from the package; the page has its own queue, state and texts. */
export { alone, type DownloadEvents, download, fetchFile, statusOf } from "./downloads.js";
export { Engine, type EngineEvents, type On, type Picture as Asking } from "./engine.js";
export { Cancelled, type Codes, LibraryError, type Sentence } from "./errors.js";
export { ENOUGH_FOR_KIND, readHeader, type Size } from "./header.js";
export { measuredKernels } from "./kernels.js";
export { decodePicture, firstBytes, type Pixels, readPixels, reduced, trueCanvas } from "./picture.js";
export { machine, Pool } from "./pool.js";
export {
  type Asked,
  type Call,
  type Concept,
  type Explained,
  type Film,
  type Following,
  type Frame,
  type Glimpse,
  type Layer,
  LEGEND,
  type Mass,
  type Parted,
  type Reply,
  type Weights,
} from "./protocol.js";
export { explainShared } from "./rise.js";
export {
  forgetDownload,
  forgetNote,
  type KeptDownload,
  keepNote,
  keptDownload,
  keptNotes,
  sha256,
} from "./shelf.js";

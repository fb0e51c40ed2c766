import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const dist = `${root}/www/dist`;
/** The command line, which runs the same engine natively. */
export const c3lrp = `${root}/target/release/c3lrp`;
export const screenshots = `${root}/target/screenshots`;

const made = `${root}/target/page-tests`;

/** What setup.ts makes. */
export const files = {
  small: `${made}/small.safetensors`,
  other: `${made}/other.safetensors`,
  /** Slow enough on the software adapter to be interrupted. */
  middle: `${made}/middle.safetensors`,
  /** The network of the methods' references: every second channel's BatchNorm has a negative weight. */
  flipped: `${made}/flipped.safetensors`,
  full: `${made}/full.safetensors`,
  cut: `${made}/cut.safetensors`,
  text: `${made}/letter.safetensors`,
  strange: `${made}/strange.safetensors`,
  broken: `${made}/broken.png`,
  names: `${made}/names.txt`,
  cat: `${made}/cat.png`,
  coffee: `${made}/coffee.png`,
} as const;

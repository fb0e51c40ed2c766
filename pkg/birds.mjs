// Makes the package of the birds' networks: `node pkg/birds.mjs` copies them to pkg/birds, with their addresses and hashes.
import { createHash } from "node:crypto";
import fs from "node:fs";

const from = new URL("../www/public/models/", import.meta.url);
const to = new URL("birds/", import.meta.url);
const NETWORKS = ["resnet50", "resnet50-spurious", "abn"];

const rows = NETWORKS.map((name) => {
  for (const end of ["safetensors", "md"])
    fs.copyFileSync(new URL(`birds-${name}.${end}`, from), new URL(`birds-${name}.${end}`, to));
  const bytes = fs.readFileSync(new URL(`birds-${name}.safetensors`, from));
  const integrity = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
  return `  ${JSON.stringify(name)}: {
    url: here(new URL("./birds-${name}.safetensors", import.meta.url)),
    integrity: ${JSON.stringify(integrity)},
  },`;
});
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"])
  fs.copyFileSync(new URL(`../${licence}`, import.meta.url), new URL(licence, to));

fs.writeFileSync(
  new URL("index.js", to),
  `// Vite's development server bundles this module ahead, and leaves the files where they are.
const here = ({ href }) => new URL(href.replace("/.vite/deps/", "/c3lrp-birds/"));

/** Where each network's file is, and its hash. */
export const networks = {
${rows.join("\n")}
};
`,
);
fs.writeFileSync(
  new URL("index.d.ts", to),
  `/** Where each network's file is, and its hash. */
export declare const networks: {
  readonly [network in ${NETWORKS.map((name) => JSON.stringify(name)).join(" | ")}]: {
    readonly url: URL;
    readonly integrity: string;
  };
};
`,
);

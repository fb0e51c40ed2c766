// Makes the package of one file, pkg/inline, of what lies in pkg: `node inline.js`.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const pkg = new URL("../pkg/", import.meta.url);
const to = new URL("inline/", pkg);
const path = (name) => new URL(name, pkg).pathname;

/** A module with all that it imports, in one text. */
async function bundled(name) {
  const bundle = await rolldown({ input: path(name), platform: "browser" });
  const { output } = await bundle.generate({ format: "es", minify: true });
  if (output.length > 1) throw new Error(`${name} became ${output.length} files`);
  return output[0].code;
}

const wasm = gzipSync(readFileSync(path("c3lrp_bg.wasm")), { level: 9 }).toString("base64");
const sources = { WORKER_SOURCE: await bundled("dist/worker.js"), WASM_SOURCE: wasm };
const constants = Object.entries(sources).map(([name, text]) => `const ${name}=${JSON.stringify(text)};`);
writeFileSync(new URL("index.js", to), [...constants, await bundled("dist/inline.js")].join("\n"));

// The same types, which are no part of the file.
rmSync(new URL("types/", to), { recursive: true, force: true });
mkdirSync(new URL("types/dist/", to), { recursive: true });
const { files } = JSON.parse(readFileSync(path("package.json"), "utf8"));
const types = readdirSync(path("dist")).filter((name) => files.includes(`dist/${name}`));
for (const name of [...types.filter((name) => name.endsWith(".d.ts")), "inline.d.ts"])
  copyFileSync(path(`dist/${name}`), new URL(`types/dist/${name}`, to));
copyFileSync(path("c3lrp.d.ts"), new URL("types/c3lrp.d.ts", to));
for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt"])
  copyFileSync(path(name), new URL(name, to));

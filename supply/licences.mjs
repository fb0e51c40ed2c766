// Writes the licences of all that the page and the npm package ship: `node supply/licences.mjs FILE`.
//
// The crates are those that cargo links into the wasm, with the licence files that they come with.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const TARGET = "wasm32-unknown-unknown";

/** What may be shipped. deny.toml has the same list, and those of tools that are not shipped. */
const KNOWN = new Set([
  "0BSD",
  "Apache-2.0",
  "Apache-2.0 WITH LLVM-exception",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BSL-1.0",
  "MIT",
  "MPL-2.0",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

const cargo = (...args) =>
  execFileSync("cargo", args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1e9,
    stdio: ["ignore", "pipe", "inherit"],
  });

/** "name version" of every crate in the wasm, ours left out. */
function linked() {
  const tree = cargo(
    "tree",
    "--locked",
    "--target",
    TARGET,
    "--edges",
    "normal,no-proc-macro",
    "--prefix",
    "none",
    "--format",
    "{p}",
  );
  const crates = tree.split("\n").map((line) => /^(\S+) v(\S+)/.exec(line)?.slice(1, 3).join(" "));
  return new Set(crates.filter((crate) => crate && !crate.startsWith("c3lrp ")));
}

const read = (file) => fs.readFileSync(file, "utf8").replaceAll("\r\n", "\n").trim();
const own = { apache: read(path.join(root, "LICENSE-APACHE")), mit: read(path.join(root, "LICENSE-MIT")) };
/** MIT's text without its line of copyright. */
const mit = own.mit.slice(own.mit.indexOf("Permission is hereby"));

/** Where any one of several licences will do, the first that is a crate's own choice of these. */
const PREFERRED = ["MIT", "Apache-2.0"];

/** A crate's licence texts: its files', or where it has none the licence that it names. */
function texts({ name, license, authors, manifest_path, license_file }) {
  const folder = path.dirname(manifest_path);
  const names = license.split(/\s*\/\s*|\s+OR\s+|\s+AND\s+/).map((word) => word.replaceAll(/[()]/g, ""));
  const unknown = names.filter((word) => !KNOWN.has(word));
  if (unknown.length > 0)
    throw new Error(`${name} has a licence that is not known here: ${unknown.join(", ")}`);
  const all = fs
    .readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice|unlicense|copyright)/i.test(file) || file === license_file)
    .filter((file) => fs.statSync(path.join(folder, file)).isFile());
  const choice = /\bAND\b/.test(license) ? undefined : PREFERRED.find((word) => names.includes(word));
  const chosen = all.filter((file) => choice && new RegExp(choice.split("-")[0], "i").test(file));
  const notices = all.filter((file) => /^notice/i.test(file));
  const files = chosen.length > 0 ? [...chosen, ...notices] : all;
  if (files.length > 0) return files.map((file) => read(path.join(folder, file)));
  if (names.includes("Apache-2.0")) return [own.apache];
  if (names.includes("MIT"))
    return [`Copyright (c) ${authors.join(", ") || `the authors of ${name}`}\n\n${mit}`];
  if (names.includes("MPL-2.0")) return ["Mozilla Public License 2.0: https://www.mozilla.org/MPL/2.0/"];
  throw new Error(`${name} comes without the text of its licence, ${license}`);
}

const wanted = linked();
const { packages } = JSON.parse(
  cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET),
);
const crates = packages
  .filter(({ name, version }) => wanted.has(`${name} ${version}`))
  .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
if (crates.length !== wanted.size) throw new Error(`cargo knows ${crates.length} of ${wanted.size} crates`);

/** Each text once, with those that it is of. */
const byText = new Map();
for (const crate of crates)
  for (const text of texts(crate))
    byText.set(text, [...(byText.get(text) ?? []), `${crate.name} ${crate.version}`]);

/** The npm packages whose code is in the page: vite is held to these. */
const www = path.join(root, "www");
const npm = Object.keys(JSON.parse(read(path.join(www, "package.json"))).dependencies).map((name) => {
  const folder = path.join(www, "node_modules", name);
  const { version, license } = JSON.parse(read(path.join(folder, "package.json")));
  if (!KNOWN.has(license)) throw new Error(`${name} has a licence that is not known here: ${license}`);
  return `${name} ${version} (${license})\n\n${read(path.join(folder, "LICENSE"))}`;
});

const rule = "=".repeat(100);
const parts = [
  "Licences of all that c3lrp ships: its page, its npm package, and what is in them.",
  `c3lrp itself, and the networks of birds that come with its page, which were trained on pictures that it drew:\nMIT OR Apache-2.0, at your choice.\n\n${own.mit}`,
  `Rust's standard library, by the Rust Project's developers: MIT OR Apache-2.0.`,
  `npm packages in the page, of which the npm package c3lrp has nothing:\n\n${npm.join("\n\n")}`,
  "Fonts: none. The page uses those of the device.",
  read(path.join(root, "www/public/samples/SOURCES.md")),
  "The names of ImageNet's classes are torchvision's list, Copyright (c) Soumith Chintala 2016, BSD-3-Clause.",
  `${crates.length} Rust crates are in c3lrp_bg.wasm, unchanged from crates.io, which has their sources:\n\n${crates
    .map(({ name, version, license, repository }) =>
      `${name} ${version}  ${license}  ${repository ?? ""}`.trim(),
    )
    .join("\n")}`,
  ...[...byText].map(([text, names]) => `Of ${names.join(", ")}:\n\n${text}`),
];
const [, , file] = process.argv;
fs.writeFileSync(file, `${parts.join(`\n\n${rule}\n\n`)}\n`);
console.log(`${path.relative(root, path.resolve(file))}: ${crates.length} crates, ${byText.size} texts`);

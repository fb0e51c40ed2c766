// Checks the npm packages that the lock files name: checksums, licences, scripts at installation, and known
// holes where the registry answers. None of them is shipped; they build, lint and test.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const FOLDERS = ["www", "www/docs/reference", "tests/page", "tests/consumers", "tests/bench"];
const LICENCES = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  // Tables of browsers, which bundlers read.
  "CC-BY-4.0",
  "ISC",
  // A library of pictures that Next may use, and nothing here does.
  "LGPL-3.0-or-later",
  "MIT",
  "MPL-2.0",
  "Python-2.0",
]);
/** Packages that may run a script of theirs when they are installed. */
const SCRIPTS = new Set([
  "@parcel/watcher",
  "@swc/core",
  "core-js",
  "esbuild",
  "lmdb",
  "msgpackr-extract",
  "protobufjs",
]);

const findings = [];
for (const folder of FOLDERS) {
  const lock = JSON.parse(fs.readFileSync(path.join(root, folder, "package-lock.json"), "utf8"));
  const packages = Object.entries(lock.packages).filter(([place]) => place !== "");
  for (const [place, entry] of packages) {
    const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    const found = (what) => findings.push(`${folder}: ${name} ${entry.version} ${what}`);
    if (entry.resolved && !entry.resolved.startsWith("https://registry.npmjs.org/"))
      found(`comes from ${entry.resolved}`);
    // The lock file leaves out the checksums of other systems' builds.
    if (!entry.integrity && !entry.optional) found("has no checksum");
    if (entry.hasInstallScript && !SCRIPTS.has(name)) found("runs a script when it is installed");
    const licences = (entry.license ?? "none")
      .split(/\s+(?:OR|AND)\s+/)
      .map((word) => word.replaceAll(/[()]/g, ""));
    if (!licences.every((licence) => LICENCES.has(licence)))
      found(`has the licence ${entry.license ?? "none"}`);
  }
  console.log(`${folder}: ${packages.length} packages, ${holes(folder)}`);
}
for (const finding of findings) console.error(finding);
process.exit(findings.length > 0 ? 1 : 0);

/** What the registry knows of a folder's packages; its findings of weight are added. */
function holes(folder) {
  const report = audit(folder);
  if (!report?.vulnerabilities) return "known holes not checked, since the registry could not be asked";
  const all = Object.values(report.vulnerabilities);
  for (const { name, severity, range } of all)
    findings.push(`${folder}: ${name} ${range} has a known hole, ${severity}`);
  return `${all.length} of them with known holes`;
}

function audit(folder) {
  const options = {
    cwd: path.join(root, folder),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 120_000,
  };
  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  try {
    return parse(execFileSync("npm", ["audit", "--package-lock-only", "--json"], options));
  } catch (error) {
    // npm ends with 1 both where it found holes and where it could not ask.
    return parse(error.stdout);
  }
}

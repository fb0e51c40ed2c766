import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { dist, root } from "./files.ts";

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** The files of a built page with their SHA-256, as its service worker lists them. */
export function listed(site: string): Record<string, string> {
  return JSON.parse(list(readFileSync(`${site}/service-worker.js`, "utf8"))) as Record<string, string>;
}

const list = (worker: string): string => /\{"assets\/[^}]*\}/.exec(worker)?.[0] ?? "{}";

/** Every file of a folder, by its path in it. */
export const filesOf = (site: string): string[] =>
  readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(`${site}/${name}`).isFile(),
  );

/**
 * Another version of the built page, as a later build would make it: its title, its code, its style, the
 * lesson's network and the names of ImageNet's classes are others, and so are the names of these files and of all
 * that name them. No build gives two contents one name, and WebKit relies on it: it keeps scripts in memory by their
 * address, and doesn't ask the service worker again.
 */
export function release(version: string): string {
  const site = `${root}/target/page-tests/release-${version}`;
  rmSync(site, { recursive: true, force: true });
  cpSync(dist, site, { recursive: true });
  const change = (name: string, edit: (bytes: Buffer) => Buffer): void =>
    writeFileSync(`${site}/${name}`, edit(readFileSync(`${site}/${name}`)));
  const texts = (): string[] => filesOf(site).filter((name) => /\.(js|css|html)$/.test(name));
  const others = [/spurious-.*\.safetensors$/, /imagenet-1k-.*\.txt$/, /index-.*\.css$/, /index-.*\.js$/].map(
    (kind) => {
      const name = filesOf(site).find((file) => kind.test(file));
      if (!name) throw new Error(`${dist} has no file like ${kind}`);
      // The last byte of a network's last tensor, or a comment.
      if (name.endsWith(".safetensors"))
        change(name, (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)]));
      else if (name.endsWith(".txt"))
        change(name, (bytes) => Buffer.from(bytes.toString().replace("tench", version)));
      else change(name, (bytes) => Buffer.concat([bytes, Buffer.from(`\n/* ${version} */`)]));
      return name;
    },
  );
  // Whatever names one of them is another as well; the list grows as it is read.
  for (const name of others) {
    const naming = texts().filter((text) => readFileSync(`${site}/${text}`).includes(basename(name)));
    others.push(...naming.filter((text) => text.startsWith("assets/") && !others.includes(text)));
  }
  for (const name of others) {
    const renamed = name.replace(/-[\w-]{8}(\.\w+)$/, `-${version}$1`);
    renameSync(`${site}/${name}`, `${site}/${renamed}`);
    for (const text of texts())
      change(text, (bytes) => Buffer.from(bytes.toString().replaceAll(basename(name), basename(renamed))));
  }
  change("index.html", (bytes) =>
    Buffer.from(bytes.toString().replace("<body", `<body data-release="${version}"`)),
  );
  const names = filesOf(site)
    .filter((name) => name !== "service-worker.js")
    .sort();
  const hashes = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(`${site}/${name}`))]));
  change("service-worker.js", (bytes) => {
    const worker = bytes.toString();
    return Buffer.from(worker.replace(list(worker), () => JSON.stringify(hashes)));
  });
  return site;
}

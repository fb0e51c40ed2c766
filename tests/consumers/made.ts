import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** Where consumers are made; the packages that they build with lie above. */
export const made = `${root}/tests/consumers/made`;
export const packed = `${made}/packed`;
/** The picture that all of them explain. */
export const picture = `${packed}/bird.png`;
/** What it is of. */
export const BIRD = { species: "Masked Sunwren", seed: 4711 } as const;
/** A bundled network that knows the bird. */
export const weights = `${root}/www/public/models/birds-resnet50.safetensors`;

/** The first block of code in the README below a heading, as a developer copies it. */
export function block(heading: string, language: string): string {
  const readme = readFileSync(`${root}/pkg/README.md`, "utf8");
  const at = readme.indexOf(`\n## ${heading}\n`);
  const found = at < 0 ? null : new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme.slice(at));
  if (!found?.[1]) throw new Error(`pkg/README.md has no ${language} below "${heading}"`);
  return found[1];
}

/** What a developer writes for a picture on a page, and what the test looks at. */
export const SCRIPT = `${block("A picture on a page", "js")}globalThis.explanation = explanation;\n`;

export const PAGE = (script: string): string => `<!doctype html>
<html lang="en">
<title>A bird</title>
${script}
<img src="bird.png" alt="A bird">
</html>
`;

/** Makes a consumer's folder: its files, and the package as npm puts it there. */
export function make(name: string, files: Readonly<Record<string, string>>, assets = "public"): string {
  const folder = `${made}/${name}`;
  const own = { name, private: true, type: "module", dependencies: { c3lrp: "0.1.0" } };
  for (const [path, text] of Object.entries({ "package.json": JSON.stringify(own), ...files })) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    writeFileSync(`${folder}/${path}`, text);
  }
  cpSync(`${packed}/package`, `${folder}/node_modules/c3lrp`, { recursive: true });
  mkdirSync(`${folder}/${assets}`, { recursive: true });
  cpSync(weights, `${folder}/${assets}/resnet50.safetensors`);
  cpSync(picture, `${folder}/${assets}/bird.png`);
  return folder;
}

/** Puts another of the project's packages beside it. */
export function add(folder: string, name: "c3lrp-birds" | "c3lrp-inline"): void {
  cpSync(`${packed}/${name}/package`, `${folder}/node_modules/${name}`, { recursive: true });
}

/** Runs one of the packages' programs in a folder. */
export async function run(folder: string, program: string, ...words: string[]): Promise<string> {
  const path = program.startsWith("/") ? program : `${root}/tests/consumers/node_modules/${program}`;
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const running = promisify(execFile)("node", [path, ...words], { cwd: folder, env, maxBuffer: 1e8 });
  return await running.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${program} ${words.join(" ")} failed:\n${error.stdout}\n${error.stderr}`);
    },
  );
}

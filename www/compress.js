// Writes brotli's and gzip's copies beside the files of the built page: `node compress.js`.
import { fileURLToPath } from "node:url";
import { compress } from "./compressed.js";

const sizes = Object.entries(await compress(fileURLToPath(new URL("dist/", import.meta.url))));
const number = (value) => value?.toLocaleString("en") ?? "–";
for (const [name, { raw, gzip, br }] of sizes.filter(([, { raw }]) => raw > 100_000))
  console.log(`${name}: ${number(raw)} bytes, gzip ${number(gzip)}, brotli ${number(br)}`);
const sum = (of) => sizes.reduce((sum, [, bytes]) => sum + of(bytes), 0);
console.log(
  `${sizes.length} files: ${number(sum(({ raw }) => raw))} bytes, gzip ${number(sum(({ raw, gzip }) => gzip ?? raw))}, brotli ${number(sum(({ raw, br }) => br ?? raw))}`,
);

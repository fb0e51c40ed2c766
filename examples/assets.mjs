// Copies the bird and the network that knows it into a folder of an example.
import { copyFileSync, mkdirSync } from "node:fs";

const folder = process.argv[2] ?? ".";
const root = new URL("../", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const file of ["docs/methods/bird.png", "www/public/models/birds-resnet50.safetensors"])
  copyFileSync(new URL(file, root), `${folder}/${file.split("/").at(-1)}`);

// How much of what speaks for a species lies on the bird, and on the parts that decide it.
//
//   BIRDS=200   number of birds
import { execFileSync } from "node:child_process";
import path from "node:path";
import { keep } from "./report.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const model = "www/public/models/birds-resnet50.safetensors";
const pictures = `birds:4000000:${process.env.BIRDS ?? 200}`;
const answer = execFileSync(
  path.join(root, "target/release/c3lrp"),
  ["evaluate", pictures, "--weights", model, "--json"],
  { cwd: root, encoding: "utf8" },
);
keep("birds", { command: `c3lrp evaluate ${pictures} --weights ${model}`, ...JSON.parse(answer) });

// How much of what speaks for a species lies on the bird, and on the parts that decide it.
//
//   BIRDS=200   number of birds
import { execFileSync } from "node:child_process";
import path from "node:path";
import { figure } from "./figures.mjs";
import { keep } from "./report.mjs";
import { circumstances, root } from "./support.mjs";

const model = "www/public/models/birds-resnet50.safetensors";
const pictures = `birds:4000000:${process.env.BIRDS ?? 200}`;
const answer = execFileSync(
  path.join(root, "target/release/c3lrp"),
  ["evaluate", pictures, "--weights", model, "--json"],
  { cwd: root, encoding: "utf8" },
);
const found = {
  command: `c3lrp evaluate ${pictures} --weights ${model}`,
  ...circumstances(),
  ...JSON.parse(answer),
};
/** The share of maps that point at something, and the share of the mass that lies on it. */
const figures = found.maps.flatMap(({ map, ...places }) =>
  ["bird", "deciding"].flatMap((place) =>
    ["pointing", "mass"].map((what) =>
      figure(`${map}: ${what}, ${place}, ${found.pictures} birds`, "share", "more", places[place][what]),
    ),
  ),
);
keep("birds", found, [
  figure(`accuracy, ${found.pictures} birds`, "share", "more", found.accuracy),
  ...figures,
]);

import type { Faithfulness } from "c3lrp";
import type { Explained } from "c3lrp/client";
import { version } from "../../../pkg/package.json";
import { type Answer, answerKey } from "../answer";
import { labelsOf } from "../current";
import { curvesKey } from "../judgement";
import type { Labels } from "../labels";
import type { Model } from "../network";
import { asked } from "../question";
import type { State } from "../state";

/** The program that wrote a file. */
export const SOFTWARE = `c3lrp ${version}`;

/**
 * An explanation as JSON with its question: the output of `c3lrp explain --json`, and what only the page
 * knows. docs/files.md has every field.
 */
export function recordOf(state: State, answer: Answer) {
  const { model } = state;
  const { question, named, explained, ranked } = answer;
  const { picture } = named;
  const labels = labelsOf(state);
  const name = (index: number): string => labels?.names[index] ?? `class ${index}`;
  const { target, probability, logit, against = null, margin, width, height, crop } = explained;
  return {
    format: "c3lrp-explanation",
    version: 1,
    software: SOFTWARE,
    picture: {
      name: picture.name,
      width: picture.width,
      height: picture.height,
      ...(picture.bird ? { bird: birdOf(picture.bird) } : {}),
    },
    question: asked(question),
    target,
    label: name(target),
    ...{ probability, logit, against, margin },
    top5: ranked.slice(0, 5).map(({ index, probability }) => ({
      class: index,
      label: name(index),
      probability,
    })),
    ...(model ? networkOf(model, labels) : {}),
    map: { width, height, crop },
    region: regionOf(explained),
    boundaries: explained.boundaries.map(({ name, sum, width, height }) => ({ name, sum, width, height })),
    fallback: explained.fallback,
    milliseconds: explained.milliseconds,
    ...(picture.bird ? { masses: explained.masses } : {}),
    curves: curvesOf(state, answer),
  };
}

export type SavedRecord = ReturnType<typeof recordOf>;

/** The largest region's box in the map's pixels, and in the picture's. */
function regionOf({ region, crop, fit, ...map }: Explained) {
  if (!region) return null;
  const { x, y, width, height, area } = region;
  const [across, down] = [crop.width / map.width, crop.height / map.height];
  const picture = {
    x: crop.x + x * across,
    y: crop.y + y * down,
    width: width * across,
    height: height * down,
  };
  return { x, y, width, height, area, picture, ...(fit ? { iou: fit } : {}) };
}

function networkOf({ called, info }: Model, labels: Labels | undefined) {
  const { architecture: network, facts, device, adapter } = info;
  return { weights: called, network, facts, labels: saidBy(labels), device, adapter };
}

/** The source of the class names, in the command line's words. */
function saidBy(labels: Labels | undefined): string | null {
  switch (labels?.from.kind) {
    case undefined:
      return null;
    case "weights":
      return "the weights file";
    case "imagenet":
      return "ImageNet";
    case "guess":
      return "probably ImageNet, by the number of classes";
    case "list":
      return "the list that was given";
  }
}

/** The inputs that a bird was drawn from, without its pixels. */
function birdOf({ species, seed, tagOf, without }: NonNullable<Answer["named"]["picture"]["bird"]>) {
  return {
    ...{ species, seed },
    ...(tagOf === undefined ? {} : { tag: tagOf }),
    ...(without?.length ? { without } : {}),
  };
}

/** The latest insertion and deletion of the filtered map, or null. */
function curvesOf({ curves, judgement: { judge } }: State, answer: Answer) {
  const measured = curves.get(curvesKey(answerKey(answer), judge));
  if (measured?.kind !== "done") return null;
  const { insertion, deletion, id } = measured.value;
  return { ...judge, insertion: plain(insertion), deletion: plain(deletion), id };
}

const plain = ({ shares, probabilities, area }: Faithfulness["insertion"]) => ({
  shares: [...shares],
  probabilities: [...probabilities],
  area,
});

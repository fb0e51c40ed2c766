import type { DeviceChoice } from "c3lrp";
import type { Layer } from "c3lrp/client";
import { type Answer, isFirstLook, type Outcome } from "./answer";
import { type AskedBird, birdKey } from "./bird";
import { type Closer, whole } from "./closer";
import { isOf } from "./easel";
import { className, type Labels } from "./labels";
import { wantsMasks } from "./methods";
import { taggedBirds } from "./models";
import { soonerSide } from "./network";
import { ask, type Question, questionKey } from "./question";
import { PICTURE, type State } from "./state";
import type { Words } from "./words/words";
import type { Work } from "./work";

/** The class names of the loaded network: a person's, its file's, or ImageNet's if the number of classes suggests it. */
export function labelsOf({ model, named, imagenet }: State): Labels | undefined {
  if (!model) return undefined;
  const given = named[model.id];
  if (given) return given;
  const { labels, classes } = model.info;
  if (labels) return { names: labels, from: { kind: "weights" } };
  if (classes !== 1000 || !imagenet) return undefined;
  // For weights from elsewhere, only the number of classes suggests ImageNet.
  const guessed = model.entry?.photographs !== true;
  return { names: imagenet, from: { kind: guessed ? "guess" : "imagenet" }, ...(guessed ? { guessed } : {}) };
}

/** The name of a class of the loaded network. */
export const nameOf = (state: State, index: number): string => className(state.words, labelsOf(state), index);

/** The subject of an answer: a class, or a class rather than others. */
export const subjectOf = (state: State, answer: Answer): string =>
  subject(state.words, labelsOf(state), answer);

/** The same with the names of the classes. */
export function subject(
  words: Words,
  labels: Labels | undefined,
  { explained: { target }, named: { against } }: Answer,
): string {
  const name = className(words, labels, target);
  const { contrast: t } = words.t.stage;
  if (against === undefined) return name;
  return t.rather({ name, other: against === "rest" ? t.rest : className(words, labels, against) });
}

/** Whether the loaded network's classes are the drawn birds. */
export function knowsBirds(state: State): boolean {
  const [first] = state.species;
  return first !== undefined && labelsOf(state)?.names.includes(first.name) === true;
}

/** Whether the chosen network is the lesson's. */
export const inLesson = ({ network }: State): boolean => network?.entry === taggedBirds;

/** The bird to show, with the species whose tag it wears. */
export function birdAsked(state: State): AskedBird | undefined {
  const { bird, species, tag } = state;
  if (!bird || species.length === 0) return undefined;
  if (!inLesson(state) || tag === "none") return { ...bird, tagOf: undefined };
  if (tag === "own") return { ...bird, tagOf: bird.species };
  // "other" is the tag of a species far away in the list: with another corner and another colour.
  const at = species.findIndex(({ name }) => name === bird.species);
  return { ...bird, tagOf: species[(at + species.length / 2) % species.length]?.name };
}

/** Whether the picture is this bird. */
export const isDrawn = ({ picture }: State, asked: AskedBird): boolean =>
  picture?.bird !== undefined && birdKey(picture.bird) === birdKey(asked);

/** Whether a new picture is coming: a file is being read, or a bird drawn. */
export function pictureComing(state: State): boolean {
  if (state.reading) return true;
  const asked = birdAsked(state);
  if (!asked) return state.bird !== undefined && !state.troubles.has(CATALOGUE_KEY);
  return !isDrawn(state, asked) && !state.troubles.has(birdKey(asked));
}

export const CATALOGUE_KEY = "catalogue";

/** Whether another network is being loaded, or the same network on another device. */
export const loading = ({ network, model, device, loadedBy }: State): boolean =>
  network !== undefined && (network.id !== model?.id || device !== loadedBy);

/**
 * Whether the picture waits until a network is chosen for it: it is no drawn bird, and the loaded network knows
 * only drawn birds.
 */
export function asksForNetwork(state: State): boolean {
  const { picture, insisted } = state;
  if (!picture || picture.bird || picture === insisted) return false;
  return !loading(state) && knowsBirds(state);
}

/** A question with a number of masks for RISE that takes about a minute, if none was set and the rate is known. */
export function withMasks(state: State, question: Question): Question {
  const masks = state.minuteMasks[question.network];
  if (!wantsMasks(question.method) || masks === undefined) return question;
  return { ...question, method: { ...question.method, masks } };
}

/** The current question; undefined without a picture, or without a network for it. */
export function questionOf(state: State): Question | undefined {
  const { picture, network, settings } = state;
  if (isLive(state)) return undefined;
  if (!picture || !network || pictureComing(state) || asksForNetwork(state)) return undefined;
  // A link's question is asked once all of it is known.
  if (state.arriving?.until === "asked") return undefined;
  const question = withMasks(state, ask(picture, network.id, settings));
  const first = firstLook(state, question);
  if (!first) return question;
  const { outcomes, easel } = state;
  const rests = easel?.at === undefined && outcomes.has(questionKey(first));
  return rests || outcomes.has(questionKey(question)) ? question : first;
}

/** The smaller side at which the network first looks at a painted picture; undefined if it only looks at its own side. */
export function firstSide({ model, network, settings }: State): number | undefined {
  if (!model || model.id !== network?.id || settings.method.name === "rise") return undefined;
  return soonerSide(model, false);
}

/** The first question about a painted picture: the same question at a smaller side, which is answered sooner. */
function firstLook(state: State, question: Question): Question | undefined {
  const { easel, picture } = state;
  const untouched = !easel || picture === easel.untouched || picture === easel.original;
  const side = untouched ? undefined : firstSide(state);
  return side === undefined ? undefined : { ...question, side };
}

/** The outcome of the current question, or while that is missing, the outcome of its first look. */
export function outcomeToShow(state: State): Outcome<Answer> | undefined {
  const question = questionOf(state);
  if (!question) return undefined;
  const outcome = state.outcomes.get(questionKey(question));
  const first = outcome ? undefined : firstLook(state, question);
  return outcome ?? (first && state.outcomes.get(questionKey(first)));
}

/** Whether the shown answer is a first look. No other work is done on it, since another answer follows soon. */
export const showsFirstLook = ({ answer }: State): boolean => answer !== undefined && isFirstLook(answer);

/** The answer, if it is about the shown picture; while painting, the answer about the previous paint is also shown. */
export function shownAnswer(state: State): Answer | undefined {
  const { answer, picture, easel } = state;
  if (!answer || !picture || asksForNetwork(state)) return undefined;
  const about = answer.question.picture;
  const before = easel !== undefined && isOf(easel, about) && isOf(easel, picture);
  return about === picture || before ? answer : undefined;
}

/** The outcome of the current question; undefined while it is missing. */
export function outcomeOf(state: State): Outcome<Answer> | undefined {
  const question = questionOf(state);
  return question && state.outcomes.get(questionKey(question));
}

/** Whether the shown answer is outdated: it does not answer the current question. */
export function isOld(state: State): boolean {
  const { answer } = state;
  if (!answer) return false;
  const outcome = outcomeOf(state);
  return outcome?.kind !== "done" || outcome.value !== answer;
}

/** The requested class: the picked one, or the answer's. */
export const targetOf = ({ settings, answer }: State): number | undefined =>
  settings.target ?? answer?.explained.target;

/** The work on the current question; undefined if the engine does something else. */
export function asking(state: State): Work | undefined {
  const question = questionOf(state);
  const { running } = state;
  return question && (running.get(questionKey(question)) ?? running.get(masksKey(question.network)));
}

/** The work on preparing the network: its download, or loading it. */
export function preparing({ awaited, transfers, running, network, device }: State): Work | undefined {
  const transfer = awaited === undefined ? undefined : transfers[awaited];
  if (transfer) return transfer.work;
  return network && running.get(loadKey(network.id, device));
}

export const loadKey = (network: number, device: DeviceChoice): string => `load ${network} ${device}`;
export const masksKey = (network: number): string => `masks ${network}`;

/** Whether the camera's frames are shown instead of a picture. */
export const isLive = ({ camera }: State): boolean => camera !== undefined && camera.stage !== "paused";

/** Whether the page is about to change by itself: a picture or a network is coming, or the question is being answered. */
export function isBusy(state: State): boolean {
  if (
    state.camera?.stage === "asking" ||
    pictureComing(state) ||
    loading(state) ||
    state.awaited !== undefined
  )
    return true;
  if (state.arriving && state.arriving.until !== "photo" && state.picture && state.model) {
    if (state.arriving.until === "asked") return true;
    // Without an answer there is no layer to show.
    if (state.answer && !isOld(state)) return true;
  }
  return questionOf(state) !== undefined && outcomeOf(state) === undefined;
}

/** The boundary inside the network whose map is shown beside the picture; undefined for the picture's own map. */
export const innerLayer = ({ answer, layer }: State): Layer | undefined =>
  layer === PICTURE ? undefined : answer?.explained.boundaries.find(({ name }) => name === layer);

/** Whether the first picture is explained or has failed; nothing that it does not need comes before. */
export const isOpen = (state: State): boolean =>
  state.answer !== undefined ||
  (state.picture !== undefined && !state.arriving && questionOf(state) === undefined);

/** The visible part of the current picture. A picture that is painted over counts as the same one. */
export function visiblePartOf({ closer, picture, easel }: State): Closer {
  const of = (easel && picture && isOf(easel, picture) ? easel.original : picture)?.id ?? 0;
  return closer?.of === of ? closer : whole(of);
}

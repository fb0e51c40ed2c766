import {
  type Bird,
  type BirdPart,
  boxOverlap,
  type CreateOptions,
  drawBird,
  Explainer,
  type Explanation,
  filterMap,
  fullColour,
  heatmap,
  maskOverlap,
  type OnProgress,
  parseLabels,
  partImportance,
  type Region,
  rankCorrelation,
  relevanceMass,
  species,
} from "../c3lrp.js";
import { frameFor } from "./frame.js";
import { about, atSide, find, load, loaded, run } from "./held.js";
import {
  type Answer,
  type Ask,
  type Explained,
  type Film,
  type Following,
  type Kind,
  LEGEND,
  type Mass,
  type PartValue,
  type RegionFit,
  type Truth,
} from "./protocol.js";
import { masksInAMinute } from "./rise.js";

/** Transfers pixels to the page with the answer; everything else is copied. */
export type Move = (...pixels: readonly Uint8ClampedArray<ArrayBuffer>[]) => void;

/** How many classes the answer about a camera's frame has. */
const TOP = 5;

const colours = (map: Float32Array): Uint8ClampedArray<ArrayBuffer> =>
  Uint8ClampedArray.from(heatmap(map, "diverging"));

/** The values derived from a map and its filter. The masks cover the picture, so the map must cover exactly the same. */
function kept(
  { map, filtered, region, width }: Pick<Explanation, "map" | "filtered" | "region" | "width">,
  truth: Truth | undefined,
): Pick<Explained, "overlay" | "masses" | "fit"> {
  const masses = (["whole", "deciding", "tag"] as const).flatMap((on): Mass[] => {
    const mask = truth?.[on];
    if (mask?.length !== map.length) return [];
    const area = mask.reduce((a, b) => a + b, 0) / mask.length;
    return [{ on, area, before: relevanceMass(map, mask), after: relevanceMass(filtered, mask) }];
  });
  const overlay = Uint8ClampedArray.from(heatmap(filtered, "overlay"));
  return { overlay, masses, fit: fitOf(region, truth?.whole, width) };
}

/** How well a region agrees with the whole bird. */
function fitOf(
  region: Region | undefined,
  whole: Uint8Array | undefined,
  width: number,
): RegionFit | undefined {
  if (!region || whole?.length !== region.mask.length) return undefined;
  const [mask, box] = [maskOverlap(region.mask, whole), boxOverlap(region.mask, whole, width)];
  return mask === undefined || box === undefined ? undefined : { mask, box };
}

/** Every call's answer. */
export const answers: {
  readonly [K in Kind]: (ask: Ask<K>, following: Following, move: Move) => Answer<K> | Promise<Answer<K>>;
} = {
  async create({ source, device, kernels }, { onProgress }) {
    const { called: name, reading, network, configs } = source;
    const config = configs.map(({ text }) => text);
    const chosen = network === undefined ? {} : { network };
    const options: CreateOptions = { ...reading, ...chosen, name, config, device, kernels, onProgress };
    return { kind: "created", info: (await load(source, options)).info };
  },

  async explain({ side, options, scores }, following, move) {
    const asks = { ...options, ...following };
    const { found, seen, truth } = await find(asks, side, scores);
    const { relevance: _, boundaries, ...rest } = found;
    const diverging = colours(rest.map);
    const ramp = Float32Array.from({ length: LEGEND }, (_, i) => (2 * i) / (LEGEND - 1) - 1);
    const explained: Explained = {
      ...rest,
      device: loaded()?.info.device ?? "cpu",
      seen,
      ...kept(rest, truth),
      scale: fullColour(rest.map, "diverging"),
      diverging,
      legend: Uint8ClampedArray.from(heatmap(ramp, "diverging", 1)),
      // The picture's own map is already included, and is sent only once.
      boundaries: boundaries.map((layer) =>
        layer.name === "input"
          ? { ...layer, map: rest.map, colours: diverging }
          : { ...layer, colours: colours(layer.map) },
      ),
    };
    move(diverging, explained.overlay, explained.seen);
    return { kind: "explained", explained };
  },

  async score({ options, first, count }, following) {
    const on = await about(options.fit, following);
    return { kind: "scored", scores: await on.riseScores(first, count, { ...options, ...following }) };
  },

  async relevance({ options }, following) {
    const { relevance } = await run({ ...options, ...following });
    return { kind: "related", relevance };
  },

  async glimpse({ frame, side, options }, { signal }, move) {
    const network = await atSide(side).catch((error: unknown) => {
      frame.close();
      throw error;
    });
    const start = performance.now();
    const { rgba, width, height } = frameFor(frame, network.info.side);
    const found = await network.explain(rgba, width, height, { ...options, signal });
    try {
      const { target, probabilities, filtered, crop } = found;
      const overlay = Uint8ClampedArray.from(heatmap(filtered, "overlay"));
      const top = Array.from(probabilities, (probability, index) => ({ index, probability }))
        .sort((a, b) => b.probability - a.probability || a.index - b.index)
        .slice(0, TOP);
      move(overlay);
      const glimpse = {
        ...{ target, top, overlay, width: found.width, height: found.height },
        crop: {
          x: crop.x / width,
          y: crop.y / height,
          width: crop.width / width,
          height: crop.height / height,
        },
        milliseconds: performance.now() - start,
      };
      return { kind: "glimpsed", glimpse };
    } finally {
      found.free();
    }
  },

  async concepts({ layer, options, top = 6, maps = false }, following, move) {
    const on = await about(options.fit, following);
    const { concepts } = await on.concepts(layer, { ...options, top, ...following });
    const coloured = concepts.map(({ map, ...concept }) => ({
      ...concept,
      colours: colours(map),
      ...(maps ? { map } : {}),
    }));
    move(...coloured.map(({ colours }) => colours));
    return { kind: "found", concepts: coloured };
  },

  async without({ fit, layer, channels }, following) {
    const on = await about(fit, following);
    return { kind: "silenced", probabilities: await on.without(layer, Uint32Array.from(channels)) };
  },

  async parted({ bird: { species, seed, ...options }, map, target, against }, { signal }) {
    const network = loaded();
    if (!network) throw new Error("The engine has no weights yet.");
    const draw = (...without: BirdPart[]) => drawBird(species, seed, { ...options, without });
    // Only the explained class of the fastest method is used.
    const contrast = against === undefined ? {} : { against };
    const asks = { method: "grad-cam", filter: "none", fit: "whole", target, ...contrast, signal } as const;
    const margin = async ({ rgba, side }: Bird): Promise<number> => {
      const found = await network.explain(rgba, side, side, asks);
      found.free();
      return found.margin;
    };
    const whole = draw();
    const [before, sum] = [await margin(whole), map.reduce((a, b) => a + b, 0)];
    const parts: PartValue[] = [];
    for (const [name, mask] of Object.entries(whole.parts)) {
      const part = name as BirdPart;
      const share = partImportance(map, mask, whole.side) / sum;
      parts.push({ part, share, loss: before - (await margin(draw(part))) });
    }
    const [shares, losses] = [parts.map(({ share }) => share), parts.map(({ loss }) => loss)];
    const correlation = rankCorrelation(Float32Array.from(shares), Float32Array.from(losses));
    return { kind: "parted", parted: { parts, correlation } };
  },

  async measure({ fit }, following) {
    const onProgress: OnProgress = (done, total, step) =>
      following.onProgress(done, total, step === "masks" ? "measuring the speed" : step);
    const masks = await masksInAMinute(async (method) => {
      const { milliseconds } = await run({
        method,
        filter: "none",
        ...(fit ? { fit } : {}),
        ...following,
        onProgress,
      });
      return milliseconds.backward;
    });
    return { kind: "measured", masks };
  },

  async judge({ fit, map, target, judge }, following) {
    const on = await about(fit, following);
    return { kind: "judged", curves: await on.faithfulness(map, { ...judge, target, ...following }) };
  },

  async film({ fit, map, points, judge }, following, move) {
    const on = await about(fit, following);
    const shots = (direction: keyof Film) => on.film(map, { ...judge, points, direction });
    const film = { insertion: shots("insertion"), deletion: shots("deletion") };
    move(...film.insertion, ...film.deletion);
    return { kind: "filmed", film };
  },

  refilter({ map, width, height, filter, truth }, _, move) {
    const found = filterMap(map, width, height, filter);
    const refiltered = { ...found, ...kept({ map, width, ...found }, truth) };
    move(refiltered.overlay);
    return { kind: "refiltered", refiltered };
  },

  labels: ({ bytes }) => ({ kind: "labelled", names: parseLabels(bytes) }),
  catalogue: () => ({ kind: "catalogue", species: species(), methods: Explainer.methods }),
  memory: async () => ({ kind: "remembered", memory: await loaded()?.memory() }),
  draw: ({ bird: { species, seed, ...options } }) => ({
    kind: "drawn",
    bird: drawBird(species, seed, options),
  }),
};

import type {
  Boundary,
  Concept,
  ExplainOptions as Explaining,
  Faithfulness,
  Explanation as Found,
  Info,
  Plan,
} from "../c3lrp.js";
import type { Dom } from "./dom.js";
import type { Picture } from "./engine.js";
import { LibraryError, sentence } from "./errors.js";
import type { Size } from "./header.js";
import { type Colours, inShape, layOver, type Overlaid, type Overlay } from "./overlay.js";
import type { Followed } from "./progress.js";
import type { Asked, Explained } from "./protocol.js";
import type { Session } from "./session.js";
import type { PixelData } from "./source.js";

/** What to explain, and how; unknown options are an `OptionsError`. */
export interface ExplainOptions extends Omit<Explaining, "onProgress" | "signal">, Followed {}

export interface ConceptOptions extends Followed {
  /** How many channels; by default 6. */
  top?: number;
}

export interface FaithfulnessOptions extends Plan, Followed {
  /** The map to measure, H·W; by default the filtered map. */
  map?: Float32Array;
  /** The class whose probability is followed, from 0; by default the explained class. */
  target?: number;
}

/**
 * Why the network gave this answer, and further questions about the same picture, which fail as
 * `Explainer.explain` does.
 */
export interface Explanation extends Omit<Found, "relevance"> {
  /** The class's name, if the weights or `load` have names. */
  readonly label: string | undefined;
  /** Where it was computed. */
  readonly device: Info["device"];
  /**
   * Explains another class of the picture, or with another method or filter, mostly without another forward pass. The crop
   * stays the same; other absent options have their defaults, whatever was asked before.
   */
  explain(options?: ExplainOptions): Promise<Explanation>;
  /** The same map with another filter; nothing is explained again. */
  refilter(filter: Explaining["filter"]): Promise<Explanation>;
  /**
   * The channels of a layer with the most relevance for the class, in falling order, each with its map.
   * `layer` is a boundary's name, such as "layer4.2". Methods that are not LRP fail with `OptionsError`.
   */
  concepts(layer: string, options?: ConceptOptions): Promise<Concept[]>;
  /** Each class's probability with these channels of a layer set to 0; the rest of the network runs again. */
  without(layer: string, channels: readonly number[], followed?: Followed): Promise<Float32Array>;
  /** Insertion and deletion of the filtered map: whether the class's probability depends on the pixels it marks. */
  faithfulness(options?: FaithfulnessOptions): Promise<Faithfulness>;
  /**
   * The filtered map's colours in the picture's shape, transparent where nothing is relevant or outside the crop, to be
   * drawn over the picture. `width` is in pixels, by default the picture's. In Node, which has no `ImageData`, it
   * is RGBA bytes with width and height.
   */
  overlay(width?: number): Dom<"ImageData", PixelData>;
  /**
   * Lays the filtered map's colours over an element that shows the picture. They are in a canvas after the element, which
   * follows the element's size, `object-fit` and `object-position`, and is removed when an `<img>` gets another picture.
   * `insert` puts the canvas elsewhere on the page, for example in a shadow root. Fails in Node, which has no page.
   */
  over(element: Overlaid, insert?: (canvas: Dom<"HTMLCanvasElement">) => void): Overlay;
}

/** An explained picture: the pixels that the worker got, and its own size. @internal */
export type Subject = Picture & { readonly natural: Size };

/** Makes an explanation for the page from the worker's. @internal */
export function explanationOf(
  session: Session,
  picture: Subject,
  asked: Asked,
  explained: Explained,
): Explanation {
  const { natural } = picture;
  const { map, filtered, mask, region, fallback, target, width, height, overlay } = explained;
  const { probability, logit, margin, logits, probabilities, against, milliseconds, device } = explained;
  // The worker's crop is in the pixels that it received.
  const [across, down] = [natural.width / picture.width, natural.height / picture.height];
  const crop = {
    x: explained.crop.x * across,
    y: explained.crop.y * down,
    width: explained.crop.width * across,
    height: explained.crop.height * down,
  };
  const colours: Colours = { rgba: overlay, width, height, crop, picture: natural };
  const here = Promise.resolve(picture);
  const { fit } = asked;
  const cut = fit === undefined ? {} : { fit };
  return {
    ...{ target, label: session.labels?.[target], probability, logit, margin, logits, probabilities },
    // The library has null if it wasn't asked for.
    ...(against == null ? {} : { against }),
    ...{ map, filtered, mask, fallback, width, height, crop, milliseconds, device },
    ...(region ? { region } : {}),
    boundaries: explained.boundaries.map(({ colours: _, ...boundary }): Boundary => boundary),

    explain: (options) => explain(session, here, { ...cut, ...options }),

    async refilter(filter) {
      const ask = { map, width, height, filter, truth: undefined };
      const { refiltered } = await session.engine.beside("refilter", ask);
      return explanationOf(session, picture, asked, { ...explained, ...refiltered });
    },

    async concepts(layer, { top, ...followed } = {}) {
      const ask = { layer, options: { ...asked, target }, maps: true, ...(top === undefined ? {} : { top }) };
      const { concepts } = await session.ask("concepts", here, ask, followed);
      const empty = new Float32Array();
      return concepts.map(({ colours: _, map = empty, ...concept }) => ({ ...concept, map }));
    },

    async without(layer, channels, followed = {}) {
      return (await session.ask("without", here, { layer, channels, fit }, followed)).probabilities;
    },

    async faithfulness({ map = filtered, target: followed = target, signal, onProgress, ...judge } = {}) {
      const ask = { map, target: followed, judge, fit };
      return (await session.ask("judge", here, ask, { signal, onProgress })).curves;
    },

    overlay(wide = natural.width) {
      const size = { width: wide, height: Math.max(1, Math.round((wide * natural.height) / natural.width)) };
      const data = inShape(colours, size);
      if (typeof ImageData === "undefined") return { data, ...size, colorSpace: "srgb" };
      return new ImageData(data, size.width, size.height);
    },

    over(element, insert) {
      if (typeof document === "undefined") throw new LibraryError("PictureError", sentence("over-node", {}));
      return layOver(element, colours, insert);
    },
  };
}

/** Explains a picture, which may still be loading. @internal */
export async function explain(
  session: Session,
  picture: Promise<Subject>,
  { signal, onProgress, ...asked }: ExplainOptions = {},
): Promise<Explanation> {
  const { explained } = await session.explain(picture, asked, { signal, onProgress });
  return explanationOf(session, await picture, asked, explained);
}

import { useLayoutEffect } from "preact/hooks";
import { FILLED, lens, onMap, type Part } from "../closer";
import { fullColour, layerColours, mapColours, overlayColours } from "../colours";
import { shownConcept } from "../concepts";
import {
  asking,
  asksForNetwork,
  innerLayer,
  isBusy,
  isOld,
  outcomeOf,
  preparing,
  shownAnswer,
  subjectOf,
  visiblePartOf,
} from "../current";
import { drawPicture, type Rect, shownRect } from "../drawing";
import { easelPicture, isOf } from "../easel";
import { layerWords } from "../layers";
import { drawParts } from "../parts";
import type { State } from "../state";
import { Drawing, Pixels } from "./canvas";
import { enlarged, useZoom, Wipe } from "./closer";
import { Legend } from "./legend";
import { Brush } from "./painting";
import { Cross, readable } from "./probe";
import { Working } from "./progress";
import type { Props } from "./props";
import { RegionBox } from "./region";

/** The longer side of a picture on the page, in pixels: enough for any screen. */
const SIDE = 1600;
/** From this magnification on, a map's pixels are shown without smoothing. */
const NEAR = 4;
/** The largest and smallest ratio of a figure's width to its height. */
const [WIDEST, NARROWEST] = [2.4, 0.5];

/** The two figures: the picture under its filtered map, and the whole relevance map. */
export function Figures(props: Props) {
  const { state, actions } = props;
  const { words, settings, easel } = state;
  // A brush stroke is shown at once, and explained as soon as possible.
  const picture = easel && state.picture && isOf(easel, state.picture) ? easelPicture(easel) : state.picture;
  const { figures: t } = words.t.stage;
  const answer = shownAnswer(state);
  const layer = answer && innerLayer(state);
  const explained = answer?.explained;
  const shown = picture && shownRect(picture, explained?.crop);
  const covered = shown && explained ? shareOf(explained.crop, shown) : FILLED;
  const closer = visiblePartOf(state);
  const [over, raw] = [lens(closer, covered), lens(closer, FILLED)];
  const looks = { over: useZoom(covered, props), raw: useZoom(FILLED, props) };
  const from = state.wipe === undefined ? undefined : `${100 * onMap(state.wipe, over, covered)}%`;
  const shape = shown ? shown.width / shown.height : 1;
  const facts = answer?.facts;
  const name = answer ? subjectOf(state, answer) : "";
  const inner = layer && { ...layer, ...layerWords(words, layer.name) };
  // The maps in words, for people who can't see them.
  const overSays = facts && t.over({ name, kept: facts.keptShare, place: facts.place });
  const mapSays = facts && t.map({ name, share: facts.forShare, place: facts.place });
  const concept = shownConcept(state);
  const conceptSays = concept && inner && words.t.stage.concepts.caption({ ...concept, layer: inner.name });
  const layerSays = inner && t.layer({ ...inner, name, layer: inner.name });
  // A person who waits for an answer looks there.
  const work = asking(state) ?? (picture && !answer ? preparing(state) : undefined);
  const outcome = outcomeOf(state);
  const again = !work && !isBusy(state) && outcome !== undefined && outcome.kind !== "done";
  const own = concept ?? layer;
  const pixels = own ? layerColours(own, state.scale) : explained && mapColours(explained, state.scale);
  const full = own ? own.map && fullColour(own.map) : explained?.scale;
  useInView(
    [easel?.original.id ?? picture?.id, explained?.target, settings.method.name],
    asksForNetwork(state),
  );
  return (
    <div
      id="figures"
      data-stale={isOld(state)}
      data-painting={easel !== undefined}
      data-near={closer.zoom > 1}
    >
      <figure id="over" style={{ "--aspect": Math.min(WIDEST, Math.max(NARROWEST, shape)) }}>
        <div class="frame" {...looks.over} style={{ "--shape": shape }}>
          <div class="lens" style={enlarged(over)}>
            <Drawing
              id="picture"
              role="img"
              aria-label={t.picture(picture?.name ?? "")}
              draw={(canvas) => picture && drawPicture(canvas, picture, SIDE)}
              of={[picture]}
              style={picture && shown && placed({ x: 0, y: 0, ...picture }, shown)}
            />
            <div id="window" hidden={!explained} style={explained && shown && placed(explained.crop, shown)}>
              <Pixels
                id="overlay"
                {...readable("over", props)}
                aria-label={overSays}
                pixels={explained && overlayColours(explained, state.scale)}
                size={explained}
                data-crisp={closer.zoom >= NEAR}
                style={{ opacity: state.opacity, ...(from === undefined ? {} : { "--from": from }) }}
                data-wiped={from !== undefined}
              />
              <RegionBox state={state} answer={answer} />
              <Cross state={state} />
            </div>
            {picture?.bird && state.parts && (
              <Drawing
                id="parts"
                draw={(canvas) => picture.bird && drawParts(canvas, picture.bird)}
                of={[picture.bird]}
              />
            )}
            {easel && picture && shown && (
              <Brush {...props} style={placed({ x: 0, y: 0, ...picture }, shown)} />
            )}
          </div>
          <Wipe {...props} />
          <Working id="work" work={easel?.at ? undefined : work} words={words} onCancel={actions.cancel} />
          {again && (
            <p id="again">
              <button id="again-button" type="button" class="main" onClick={actions.retry}>
                {t.again}
              </button>
            </p>
          )}
        </div>
        <figcaption id="over-word">{answer ? t.overCaption : t.pictureCaption}</figcaption>
      </figure>
      <figure id="raw" data-layer={layer !== undefined}>
        <div class="frame" {...looks.raw}>
          <div class="lens" style={enlarged(raw)}>
            <Pixels
              id="map"
              {...readable("raw", props)}
              aria-label={conceptSays ?? layerSays ?? mapSays}
              hidden={!answer}
              pixels={pixels}
              size={concept ? explained : (layer ?? explained)}
              // A layer's few cells are shown without smoothing.
              data-crisp={(layer !== undefined && !concept) || closer.zoom >= NEAR}
            />
            <Cross state={state} />
          </div>
          <p id="map-wait">{!answer && waiting(state)}</p>
        </div>
        <figcaption>
          <span id="raw-word">{conceptSays ?? (inner ? t.layerCaption(inner) : t.rawCaption)}</span>
          <Legend id="legend" state={state} full={full} hidden={!answer} />
        </figcaption>
      </figure>
    </div>
  );
}

/** A part as shares of the whole. */
const shareOf = (part: Rect, whole: Rect): Part => ({
  x: (part.x - whole.x) / whole.width,
  y: (part.y - whole.y) / whole.height,
  width: part.width / whole.width,
  height: part.height / whole.height,
});

/** Lays an element over part of its frame, in percent, so that it follows the frame's size. */
const placed = (part: Rect, whole: Rect) => ({
  left: `${(100 * (part.x - whole.x)) / whole.width}%`,
  top: `${(100 * (part.y - whole.y)) / whole.height}%`,
  width: `${(100 * part.width) / whole.width}%`,
  height: `${(100 * part.height) / whole.height}%`,
});

function waiting(state: State): string {
  const { wait } = state.words.t.stage.figures;
  const { network, picture, awaited } = state;
  if (asking(state) || !picture) return wait.here;
  if (awaited !== undefined || preparing(state)) return wait.network;
  if (asksForNetwork(state) || !network) return wait.choose;
  return isBusy(state) ? wait.here : wait.none;
}

/** How many pixels of the figure must be in view. */
const IN_VIEW = 160;

/** Scrolls up to the figures if another picture or class was chosen further down. */
function useInView(asked: readonly unknown[], asks: boolean): void {
  useLayoutEffect(() => {
    const headline = document.getElementById("headline");
    const { top = 0 } = headline?.getBoundingClientRect() ?? {};
    const { bottom = 0 } = document.getElementById("over")?.getBoundingClientRect() ?? {};
    // A question to the person must be visible from its beginning.
    const gone = asks ? top < 0 || top > innerHeight - IN_VIEW : bottom < IN_VIEW;
    if (gone) headline?.scrollIntoView();
  }, [...asked, asks]);
}

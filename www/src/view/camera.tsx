import type { Glimpse } from "c3lrp/client";
import { useLayoutEffect, useRef } from "preact/hooks";
import { knowsBirds, nameOf } from "../current";
import { shortName } from "../labels";
import { rateOf } from "../live";
import { soonerSide } from "../network";
import type { State } from "../state";
import { Pixels } from "./canvas";
import type { Props } from "./props";

/** The camera's frames with their overlay and the most probable classes; a line of text while a frame is kept. */
export function Live(props: Props) {
  const { state, actions } = props;
  const { camera, words } = state;
  const { camera: t } = words.t;
  if (!camera) return null;
  const leave = (
    <button id="camera-leave" type="button" onClick={actions.camera.leave}>
      {t.leave}
    </button>
  );
  if (camera.stage === "paused") {
    return (
      <p id="camera-paused">
        <span>{t.paused}</span>{" "}
        <button id="camera-on" type="button" onClick={actions.camera.goOn}>
          {t.on}
        </button>{" "}
        {leave}
      </p>
    );
  }
  const glimpse = glimpsed(state);
  const rate = rateOf(camera);
  const { model } = state;
  const side = model && (soonerSide(model, camera.slow) ?? model.info.side);
  return (
    <section id="live" aria-label={t.title} data-frames={camera.frame}>
      <div id="live-views">
        <Frames state={state} glimpse={glimpse} />
        <div id="live-said">
          <h3>{t.top}</h3>
          <ol id="live-top">
            {(glimpse?.top ?? []).map(({ index, probability }, place) => (
              <li key={String(place)} class="class" data-index={index}>
                <span class="name">{nameOf(state, index)}</span>
                <span class="share">{words.f.percent(probability)}</span>
                <span class="bar" aria-hidden="true" style={{ "--share": `${probability}` }} />
              </li>
            ))}
          </ol>
        </div>
      </div>
      <p class="row">
        <button
          id="camera-pause"
          type="button"
          class="main"
          disabled={!camera.feed}
          onClick={actions.camera.pause}
        >
          {t.pause}
        </button>
        {leave}
      </p>
      <p id="live-rate" class="soft" data-rate={rate}>
        {rate !== undefined && side !== undefined && t.rate({ rate, side })} {t.stays}
      </p>
      {knowsBirds(state) && <p class="soft">{t.birds}</p>}
    </section>
  );
}

/** The loaded network's answer about the last frame. */
function glimpsed({ camera, model }: State) {
  const glimpse = camera?.glimpse;
  return glimpse && glimpse.network === model?.id ? glimpse : undefined;
}

/** The headline while the camera is on. */
export function liveHeadline(state: State): string {
  const { camera: t } = state.words.t;
  if (state.camera?.stage === "asking") return t.asking;
  const [first] = glimpsed(state)?.top ?? [];
  return first ? t.sees({ name: shortName(nameOf(state, first.index)), share: first.probability }) : t.waits;
}

function Frames({ state, glimpse }: Pick<Props, "state"> & { readonly glimpse: Glimpse | undefined }) {
  const { camera, words, opacity } = state;
  const frame = useRef<HTMLDivElement>(null);
  const video = camera?.feed?.video;
  useLayoutEffect(() => {
    if (video) frame.current?.prepend(video);
    return () => video?.remove();
  }, [video]);
  const crop = glimpse?.crop;
  const percent = (share: number): string => `${100 * share}%`;
  return (
    <div id="live-frame" ref={frame} role="img" aria-label={words.t.camera.video}>
      <Pixels
        id="live-overlay"
        pixels={glimpse?.overlay}
        size={glimpse}
        style={{
          opacity,
          ...(crop && {
            left: percent(crop.x),
            top: percent(crop.y),
            width: percent(crop.width),
            height: percent(crop.height),
          }),
        }}
      />
    </div>
  );
}

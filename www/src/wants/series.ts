import { type Engine, explainShared } from "c3lrp/client";
import { resultOf, withResult } from "../batch";
import { isLive } from "../current";
import type { Want } from "../desk";
import { saying } from "../errors";
import { frameSettings, seen } from "../live";
import { soonerSide } from "../network";
import { batchKey, batchSettings, nextItems } from "../overview";
import { decodePicture } from "../picture";
import type { State } from "../state";
import { ready, URGENCY } from "./want";

/** Explains the camera's next frame, taken when the previous one is explained, so that no frame waits. */
export function live(engine: Engine, state: State): Want | undefined {
  const { camera, model } = state;
  const on = ready(state);
  if (camera?.stage !== "live" || !camera.feed || !on || !model) return undefined;
  const { feed } = camera;
  const side = soonerSide(model, camera.slow);
  const options = frameSettings(state.settings);
  return {
    key: `frame ${model.id} ${camera.frame}`,
    urgency: URGENCY.question,
    run: async (following) => {
      const frame = await feed.frame();
      const { glimpse } = await engine.glimpse(on, { frame, side, options }, following);
      const now = performance.now();
      return ({ camera: live }) =>
        live?.feed === feed ? { camera: seen(live, glimpse, model.id, now) } : {};
    },
    failed: (error) => ({ camera: undefined, notice: { kind: "error", say: saying(error) } }),
  };
}

/** The next pictures of a batch, after all other work on the shown picture. */
export function batch(_: Engine, state: State): Want[] {
  const on = ready(state);
  if (!on || isLive(state)) return [];
  const asks = batchKey(state);
  return nextItems(state).map(({ id, file }) => ({
    key: `batch ${id} ${asks}`,
    urgency: URGENCY.batch,
    anywhere: true,
    run: async (following, engine, pool) => {
      const picture = await decodePicture(file, file.name);
      const options = batchSettings(state);
      const { explained } = await explainShared(pool, engine, on, picture, { options }, following);
      return ({ batch }) => ({ batch: withResult(batch, id, resultOf(asks, explained)) });
    },
    // The other pictures are still explained.
    failed: (error, now) => ({
      batch: withResult(now.batch, id, { kind: "failed", asked: asks, say: saying(error) }),
    }),
  }));
}

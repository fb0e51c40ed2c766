import type { DeviceChoice } from "c3lrp";
import { type Engine, LibraryError } from "c3lrp/client";
import { isOpen, loading, loadKey } from "../current";
import type { Want } from "../desk";
import { saying } from "../errors";
import { whyNot } from "../methods";
import type { ModelEntry } from "../models";
import type { Model } from "../network";
import type { Notice } from "../notices";
import { PRESETS } from "../presets";
import { severalNetworks } from "../source";
import { atLayer, PICTURE, type State } from "../state";
import type { Say } from "../words/words";
import { ready, URGENCY } from "./want";

/** The code of the reason for using the CPU when there is a GPU, but the light library can't use it. */
const GPU_LATER = "reason-gpu-later";

/** Loads the chosen network; `spoiled` hears of kept weights that turn out broken. */
export function load(engine: Engine, state: State, spoiled: (entry: ModelEntry) => void): Want | undefined {
  const { network, device } = state;
  if (!network || !loading(state)) return undefined;
  return {
    key: loadKey(network.id, device),
    urgency: URGENCY.load,
    run: async (following) => {
      const { info, lost } = await engine.load({ network, device }, following);
      return (now) => ({
        ...loaded(now, { ...network, info }, lost ? "cpu" : device),
        ...(lost ? { notice: lostGpu(lost) } : {}),
      });
    },
    failed: (error, { model, loadedBy }) => {
      // The previous network stays in use.
      const before = { network: model, device: model ? loadedBy : "auto" };
      const several = severalNetworks(error);
      if (several.length > 1) {
        const say: Say = ({ t }) => t.work.severalNetworks({ file: network.called, count: several.length });
        const choices: Notice["choices"] = several.map((one) => ({
          say: ({ t }) => t.work.among(one),
          action: { kind: "among", source: network, network: one.prefix },
        }));
        return { ...before, notice: { kind: "word", say, choices } };
      }
      const name = error instanceof LibraryError ? error.name : undefined;
      const broken = name === "WeightsError" && !network.entry?.bundled ? network.entry : undefined;
      if (broken) spoiled(broken);
      const say: Say = (words) => {
        const { stays, deletedBroken } = words.t.work;
        const more = [name === "DeviceError" && model ? stays : "", broken ? deletedBroken : ""];
        return [saying(error)(words), ...more].filter(Boolean).join(" ");
      };
      return { ...before, notice: { kind: "error", about: "network", say } };
    },
  };
}

/**
 * Changes over to the GPU if there is one. The page opens with a light library that can't use it, which answers until the
 * GPU is ready.
 */
export function changeOver(engine: Engine, state: State): Want | undefined {
  const { model, troubles } = state;
  const on = ready(state);
  if (!model || !on || model.info.why.code !== GPU_LATER || !isOpen(state)) return undefined;
  const key = `gpu ${model.id}`;
  if (troubles.has(key)) return undefined;
  return {
    key,
    urgency: URGENCY.batch,
    beside: true,
    run: async (following) => {
      const { info, lost } = await engine.changeOver(on, following);
      return (now) => ({
        ...loaded(now, { ...model, info }, lost ? "cpu" : on.device),
        ...(lost ? { notice: lostGpu(lost) } : {}),
      });
    },
    // The CPU continues.
    failed: (_, now) => {
      console.warn("The GPU is not used, since the engine's part for it did not start.");
      return { troubles: new Set([...now.troubles, key]) };
    },
  };
}

/** The state with a loaded network, on its device. */
function loaded(now: State, model: Model, by: DeviceChoice): Partial<State> {
  const { info } = model;
  const { target: _, against: __, fit, ...others } = now.settings;
  // The fit belongs to the weights that it was set for.
  const kept = fit && now.model?.weights === model.weights ? { ...others, fit } : others;
  const settings = whyNot(kept.method.name, info) ? { ...kept, ...PRESETS.measured } : kept;
  const same = now.model?.id === model.id;
  const { waiting } = now;
  const claims = waiting && !info.labels && waiting.names.length === info.classes;
  const picked = now.comparison.picked.filter((name) => !whyNot(name, info));
  return {
    model,
    loadedBy: by,
    device: by,
    // An address with weights is opened for those, not for the first network.
    choosing: now.choosing && now.model === undefined,
    comparison: { ...now.comparison, picked },
    // The names waited for a network with that many classes and without names of its own.
    ...(claims ? { named: { ...now.named, [model.id]: waiting }, waiting: undefined } : {}),
    // Another device's results are computed again.
    ...(same && now.model?.info.device !== info.device
      ? { outcomes: new Map(), concepts: new Map(), silenced: new Map(), parted: new Map() }
      : {}),
    ...(same ? {} : { settings, answer: undefined, saving: undefined, query: "", ...atLayer(PICTURE) }),
    // Failures of an earlier network no longer matter.
    ...(now.notice?.about === "network" || now.notice?.about === "reading" ? { notice: undefined } : {}),
    announcement: (words) =>
      words.t.work.loaded({ name: model.name(words), reason: words.library(info.why) }),
  };
}

export const lostGpu = ({ name }: LibraryError): Notice => ({
  kind: "word",
  say: ({ t }) => t.work.lostGpu(name === "DeviceWrong"),
});

import { useRef } from "preact/hooks";
import { loading, preparing } from "../current";
import type { Model } from "../network";
import { Hub } from "./hub";
import { NetworkCard } from "./network-card";
import { Working } from "./progress";
import type { Props } from "./props";
import { Reading } from "./reading";
import { Segments } from "./segments";

/** The networks to choose from, and the description of the loaded one. */
export function Networks(props: Props) {
  const { state, actions } = props;
  const { words, model, choosing, awaited, transfers, entries } = state;
  const t = words.t.networks.loaded;
  const open = model === undefined || choosing;
  // A download is shown on its card, if the card is visible.
  const onCard = open && awaited !== undefined && transfers[awaited] !== undefined;
  return (
    <section id="model" aria-labelledby="model-headline">
      <h2 id="model-headline">{model || loading(state) ? t.title : t.choose}</h2>
      {model && <Loaded {...props} model={model} />}
      <Working
        id="loading"
        work={onCard ? undefined : preparing(state)}
        words={words}
        onCancel={actions.cancel}
      />
      <ul id="cards" hidden={!open}>
        {entries.map((entry, i) => (
          <NetworkCard key={entry.id} {...props} entry={entry} place="card" main={!model && i === 0} />
        ))}
        <Hub {...props} />
        <Own {...props} />
      </ul>
    </section>
  );
}

function Loaded(props: Props & { readonly model: Model }) {
  const { state, actions, model } = props;
  const { words, device, choosing } = state;
  const { info, origin } = model;
  const t = words.t.networks.loaded;
  const cpu = words.library({ code: "adapter.cpu", params: {}, text: info.adapter });
  const adapter = info.device === "cpu" ? cpu : info.adapter;
  return (
    <div id="loaded" data-stale={loading(state)}>
      <p>
        <strong id="model-name">{model.name(words)}</strong>{" "}
        <span id="model-size" class="soft">
          {t.size(info.depths.join("-"), info.parameters, info.classes)}
        </span>
      </p>
      <p id="model-origin" class="soft" hidden={!origin}>
        {origin?.(words)}
      </p>
      <Reading {...props} />
      <p>
        <span id="badge" class="badge" data-device={info.device}>
          {t.devices[info.device]} · {adapter}
        </span>
      </p>
      <p id="reason" class="soft">
        {words.library(info.why)}
      </p>
      <Segments
        name="device"
        legend={t.device}
        value={device}
        choices={t.devices}
        onChange={actions.choosing.onDevice}
      />
      <button
        id="change"
        type="button"
        class="link"
        aria-expanded={choosing}
        onClick={actions.choosing.toggle}
      >
        {choosing ? t.keep : t.other}
      </button>
    </div>
  );
}

const code = (text: string) => <code>{text}</code>;

/** Loads a network from a person's own files. */
function Own({ state: { words }, actions }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const t = words.t.networks.own;
  return (
    <li id="own" class="card">
      <h3>{t.title}</h3>
      <p class="soft">{t.about(code)}</p>
      <div class="row">
        <button id="own-choose" type="button" onClick={() => files.current?.click()}>
          {t.choose}
        </button>
        <input
          ref={files}
          id="own-file"
          type="file"
          accept=".safetensors,.pth,.pt,.bin,.ckpt,.th,.txt,.json,.csv,.tsv"
          multiple
          hidden
          aria-label={t.files}
          onChange={({ currentTarget }) => {
            actions.taking.files([...(currentTarget.files ?? [])], "weights");
            // Reset, so that the same file can be chosen again.
            currentTarget.value = "";
          }}
        />
      </div>
      <details>
        <summary>{t.details}</summary>
        <p class="soft">{t.tensors}</p>
        <p class="soft">{t.config(code)}</p>
        <p class="soft">{t.names(code)}</p>
        <p class="soft">{t.links(code)}</p>
      </details>
    </li>
  );
}

import { loading } from "../current";
import { shortCommit } from "../hub";
import { entryHome, type ModelEntry } from "../models";
import { mayFetch, WEIGHTS_ORIGIN } from "../policy";
import type { State } from "../state";
import { ProgressBar, workWords } from "./progress";
import type { Props } from "./props";

interface CardProps extends Props {
  readonly entry: ModelEntry;
  /** The place on the page; the prefix of its ids. */
  readonly place: string;
  /** Whether this is the recommended network. */
  readonly main: boolean;
}

/** A card for an available network. */
export function NetworkCard({ entry, state, actions, place, main }: CardProps) {
  const { words, transfers, kept } = state;
  const t = words.t.networks.card;
  const title = entry.title(words);
  const [id, use, work] = ["", "-use", "-work"].map((end) => `${place}-${entry.id}${end}`);
  const [transfer, have] = [transfers[entry.id], kept[entry.id]];
  const { word, idle } = useOf(entry, state);
  return (
    <li class="card">
      <h3 id={id}>{title}</h3>
      <p class="soft">{entry.about(words)}</p>
      {/* Beside the picture, one sentence says this for all cards. */}
      <p class="soft" hidden={place === "ask" && !have}>
        {storageOf(entry, state)}
      </p>
      <div class="row">
        <button
          id={use}
          type="button"
          class={main ? "main" : undefined}
          hidden={!mayFetch(entry.url, location.href)}
          aria-disabled={idle}
          aria-describedby={id}
          onClick={() => idle || actions.choosing.use(entry)}
        >
          {word}
        </button>
        <button
          type="button"
          class="quiet"
          hidden={!have || transfer !== undefined || place === "ask"}
          data-then={use}
          aria-label={t.forgetOf(title)}
          onClick={() => actions.choosing.forget(entry)}
        >
          {t.forget}
        </button>
        <button
          type="button"
          hidden={!transfer}
          data-then={use}
          aria-label={t.cancelOf(title)}
          onClick={() => actions.choosing.cancelDownload(entry.id)}
        >
          {words.t.work.cancel}
        </button>
      </div>
      {transfer && (
        <div class="transfer">
          <ProgressBar work={transfer.work} label={t.progress(title)} />
          <p id={work} class="soft">
            {transfer.elsewhere ? t.elsewhere : workWords(words, transfer.work)}
          </p>
        </div>
      )}
    </li>
  );
}

/** The button's label, and whether it is disabled because its work is done or under way. */
function useOf(entry: ModelEntry, state: State): { readonly word: string; readonly idle: boolean } {
  const { words, network, model, transfers, awaited, kept } = state;
  const t = words.t.networks.card;
  const have = kept[entry.id];
  const does = (word: string, idle = false) => ({ word, idle });
  if (awaited === entry.id) return does(transfers[entry.id] ? t.downloading : t.loading, true);
  if (transfers[entry.id]) return does(t.useThen);
  if (loading(state) && network?.entry?.id === entry.id) return does(t.loading, true);
  if (!loading(state) && model?.entry?.id === entry.id) return does(t.used, true);
  if (entry.bundled || have?.complete) return does(t.use);
  if (have) return does(t.resume);
  return does(entry.bytes ? t.downloadOf(words.f.bytes(entry.bytes)) : t.download);
}

function storageOf(entry: ModelEntry, { words, kept }: State): string {
  const { t, f } = words;
  const { card } = t.networks;
  const have = kept[entry.id];
  if (entry.bundled) return card.bundled;
  if (!mayFetch(entry.url, location.href)) return card.forbidden(new URL(WEIGHTS_ORIGIN).host);
  if (have?.complete) {
    const { commit, checked = false } = have.repository ?? {};
    const size = f.bytes(have.bytes);
    return commit ? card.keptAt(size, shortCommit(commit), checked) : card.kept(size);
  }
  const total = have?.total || entry.bytes;
  if (have) return card.partly(total ? f.bytesOf(have.bytes, total) : f.bytes(have.bytes));
  return card.from(entryHome(entry, location.href));
}

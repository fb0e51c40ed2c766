import { useEffect, useState } from "preact/hooks";
import type { Item } from "../batch";
import { nameOf } from "../current";
import { shortName } from "../labels";
import { type Row, rows } from "../overview";
import { Pixels } from "./canvas";
import type { Props } from "./props";

/** Several pictures in a strip, each with its class and map once explained. */
export function Batch({ state, actions }: Props) {
  const { batch, words, opacity } = state;
  const { batch: t } = words.t;
  if (!batch) return null;
  const all = rows(state);
  const done = all.filter(({ result }) => result).length;
  const left = all.length - done;
  const said = ({ item, result }: Row): string => {
    if (!result) return item.file.name;
    if (result.kind === "failed") return result.say(words);
    return t.answer({ name: shortName(nameOf(state, result.target)), share: result.probability });
  };
  return (
    <section id="batch" aria-labelledby="batch-title">
      <div class="head">
        <h2 id="batch-title">{t.title(all.length)}</h2>
        {left > 0 && (
          <button
            id="batch-run"
            type="button"
            class={batch.runs ? "" : "main"}
            onClick={() => actions.batch.run(!batch.runs)}
          >
            {batch.runs ? t.stop : t.run}
          </button>
        )}
        <span id="batch-done" class="soft" role="status">
          {(batch.runs || done > 0) && t.done({ done, count: all.length })}
        </span>
        {done > 0 && (
          <button id="batch-save" type="button" onClick={actions.batch.save}>
            {t.save}
          </button>
        )}
        <button id="batch-close" type="button" class="quiet" onClick={actions.batch.close}>
          {t.close}
        </button>
      </div>
      <ul id="batch-strip">
        {all.map((row) => (
          <li key={row.item.id} data-state={row.result?.kind ?? "missing"}>
            <button
              type="button"
              aria-pressed={row.item.id === batch.shown}
              aria-label={`${t.show(row.item.file.name)}. ${row.result ? said(row) : ""}`}
              title={row.item.file.name}
              onClick={() => actions.batch.show(row.item)}
            >
              <Thumbnail item={row.item} result={row.result} opacity={opacity} />
              <span class="said">{said(row)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The network's input under its map; before that, the file. */
function Thumbnail({ item, result, opacity }: Omit<Row, "label"> & { readonly opacity: number }) {
  if (result?.kind !== "done") return <Picture item={item} />;
  return (
    <span class="thumbnail">
      <Pixels pixels={result.seen} size={result} aria-hidden="true" />
      <Pixels pixels={result.overlay} size={result} aria-hidden="true" style={{ opacity }} />
    </span>
  );
}

function Picture({ item: { file } }: { readonly item: Item }) {
  const [url, setUrl] = useState<string | undefined>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span class="thumbnail">
      {url !== undefined && <img src={url} alt="" decoding="async" onError={() => setUrl(undefined)} />}
    </span>
  );
}

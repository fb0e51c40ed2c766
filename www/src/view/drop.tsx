import { useEffect, useRef, useState } from "preact/hooks";
import { isOpen } from "../current";
import { samples, sampleUrl } from "../samples";
import type { Props } from "./props";

/** The input for pictures: dropped, pasted, chosen, or one of the samples. */
export function Pick({ state, actions }: Props) {
  const { pick: t } = state.words.t.stage;
  const input = useRef<HTMLInputElement>(null);
  return (
    <section id="pick" aria-labelledby="pick-title">
      <h2 id="pick-title">{t.title}</h2>
      <p>
        <button id="choose" type="button" onClick={() => input.current?.click()}>
          {t.choose}
        </button>{" "}
        <button
          id="camera"
          type="button"
          onClick={actions.camera.start}
          disabled={state.camera !== undefined}
        >
          {state.words.t.camera.open}
        </button>{" "}
        <span class="soft">{t.paste}</span>
      </p>
      <input
        id="file"
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label={t.file}
        onChange={({ currentTarget }) => {
          actions.taking.files([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      <ul id="samples" aria-label={t.samples}>
        {samples.map((sample) => (
          <li key={sample.file}>
            <button
              type="button"
              title={sample.credit}
              aria-label={t.sample(sample.file)}
              onClick={() => actions.showing.sample(sample)}
            >
              <img src={isOpen(state) ? sampleUrl(sample) : undefined} alt="" width="96" height="72" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Takes files dropped anywhere on the page, or pasted; covers the page while files are dragged over it. */
export function DropArea({ state, actions }: Props) {
  const [dragged, setDragged] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const on = <Type extends keyof WindowEventMap>(
      type: Type,
      act: (event: WindowEventMap[Type]) => void,
    ): void => window.addEventListener(type, act, { signal: stop.signal });
    on("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      actions.taking.files(files);
    });
    on("dragenter", (event) => {
      if (hasFiles(event)) setDragged(true);
    });
    on("dragover", (event) => {
      if (hasFiles(event) || !isField(event.target)) event.preventDefault();
    });
    on("drop", (event) => {
      // Text dragged into a field belongs to the field.
      if (!hasFiles(event) && isField(event.target)) return;
      event.preventDefault();
      setDragged(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) actions.taking.files(files);
      else actions.telling.complain(({ t }) => t.errors.noFile);
    });
    return () => stop.abort();
  }, [actions]);
  // dragenter and dragleave come for every element under the pointer; the veil covers them all.
  return (
    <div id="veil" aria-hidden="true" hidden={!dragged} onDragLeave={() => setDragged(false)}>
      <p>{state.words.t.stage.pick.veil}</p>
    </div>
  );
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

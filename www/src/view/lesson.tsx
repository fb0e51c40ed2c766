import { useLayoutEffect, useRef } from "preact/hooks";
import { asksForNetwork, inLesson } from "../current";
import { birds, taggedBirds } from "../models";
import type { Props } from "./props";
import { Segments } from "./segments";

/** The button that opens the lesson about tags, unless a photograph waits for another network. */
export function Teaser({ state, actions }: Props) {
  const t = state.words.t.networks.teaser;
  return (
    <section id="teaser" aria-labelledby="teaser-title" hidden={inLesson(state) || asksForNetwork(state)}>
      <h2 id="teaser-title">{t.title}</h2>
      <p class="soft">{t.about}</p>
      <button
        id="lesson-open"
        type="button"
        data-then="lesson-title"
        onClick={() => actions.choosing.use(taggedBirds)}
      >
        {t.open}
      </button>
    </section>
  );
}

/** The lesson about tags, while its network is chosen. */
export const Lesson = (props: Props) => (inLesson(props.state) ? <OpenLesson {...props} /> : null);

function OpenLesson({ state, actions }: Props) {
  const { lesson: t } = state.words.t.stage;
  const title = useRef<HTMLHeadingElement>(null);
  // It was opened from further down the page.
  useLayoutEffect(() => title.current?.focus(), []);
  return (
    <div id="lesson">
      <h2 id="lesson-title" ref={title} tabIndex={-1}>
        {t.title}
      </h2>
      <p>{t.text}</p>
      <div class="row">
        <Segments
          name="tag"
          legend={t.wears}
          value={state.tag}
          choices={t.tags}
          onChange={actions.showing.wearTag}
        />
        <button
          id="lesson-close"
          type="button"
          data-then="lesson-open"
          onClick={() => actions.choosing.use(birds)}
        >
          {t.back}
        </button>
      </div>
    </div>
  );
}

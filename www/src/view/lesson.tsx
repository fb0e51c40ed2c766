import { useLayoutEffect, useRef } from "preact/hooks";
import { birds } from "../models";
import { inLesson, type Tag } from "../state";
import type { Props } from "./props";
import { Segments } from "./segments";

const TAGS: readonly Tag[] = ["own", "none", "other"];

/** The lesson of the tags, while its network is asked. */
export const Lesson = (props: Props) => (inLesson(props.state) ? <OpenLesson {...props} /> : null);

function OpenLesson({ state, actions }: Props) {
  const { lesson: t } = state.words.t.stage;
  const title = useRef<HTMLHeadingElement>(null);
  // Whoever opened it did so further down.
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
          choices={TAGS.map((tag) => [tag, t.tags[tag]] as const)}
          onChange={actions.wearTag}
        />
        <button id="lesson-close" type="button" data-then="lesson-open" onClick={() => actions.use(birds)}>
          {t.back}
        </button>
      </div>
    </div>
  );
}

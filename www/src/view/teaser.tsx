import { taggedBirds } from "../models";
import { inLesson } from "../state";
import type { Props } from "./props";

/** The way into the lesson of the tags. */
export function Teaser({ state, actions }: Props) {
  const t = state.words.t.networks.teaser;
  const open = inLesson(state);
  return (
    <section id="teaser" aria-labelledby="teaser-title" hidden={open}>
      <h2 id="teaser-title">{t.title}</h2>
      <p class="soft">{t.about}</p>
      <button
        id="lesson-open"
        type="button"
        data-then="lesson-title"
        onClick={() => actions.use(taggedBirds)}
      >
        {t.open}
      </button>
    </section>
  );
}

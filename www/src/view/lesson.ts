import type { Actions } from "../actions";
import { byId, checkRadio } from "../dom";
import { birds, taggedBirds } from "../models";
import { inLesson, type Render, type Tag } from "../state";

/** The lesson of the tags: the way in, and its text and switch while its network is loaded. */
export function lessonView(actions: Actions): Render {
  byId("lesson-open").addEventListener("click", () => actions.fetchModel(taggedBirds));
  byId("lesson-close").addEventListener("click", () => actions.fetchModel(birds));
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="tag"]')) {
    radio.addEventListener("change", () => actions.wearTag(radio.value as Tag));
  }
  return (state) => {
    const [lesson, open] = [byId("lesson"), inLesson(state)];
    const turned = lesson.hidden === open;
    const left = turned && lesson.contains(document.activeElement);
    lesson.hidden = !open;
    byId("teaser").hidden = open;
    checkRadio("tag", state.tag);
    // The button that was pressed is gone, so the focus goes where it led, or back.
    if (turned && open) byId("lesson-title").focus();
    else if (left) byId("lesson-open").focus({ preventScroll: true });
  };
}

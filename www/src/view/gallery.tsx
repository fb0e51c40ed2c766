import { Pixels } from "./canvas";
import type { Props } from "./props";

/** A small picture of every species; a click draws and explains a bird of that species. */
export function Gallery({ state: { words, species, thumbnails, picture }, actions }: Props) {
  const t = words.t.measuring.gallery;
  return (
    <section id="species" aria-labelledby="species-title">
      <h2 id="species-title">{t.title}</h2>
      <p class="soft hint">{t.hint}</p>
      <ul id="gallery">
        {species.map(({ name }, i) => {
          const { rgba, side = 1 } = thumbnails[i] ?? {};
          return (
            <li key={name}>
              <button
                type="button"
                aria-pressed={picture?.bird?.species === name}
                onClick={() => actions.showing.drawBird(name)}
              >
                <Pixels pixels={rgba} size={{ width: side, height: side }} aria-hidden="true" />
                <span>{name}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

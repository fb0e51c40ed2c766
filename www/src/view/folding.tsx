import type { ComponentChildren } from "preact";

interface FoldingProps {
  readonly id: string;
  /** The id of the folded content. */
  readonly inside: string;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly words: Readonly<Record<"title" | "about" | "open" | "close", string>>;
  /** Whether the content is outdated. */
  readonly stale: boolean;
  readonly children: ComponentChildren;
}

/** A section that opens on a click; before that it renders nothing. */
export function Folding({ id, inside, open, onOpen, words, stale, children }: FoldingProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <div class="head">
        <h2 id={`${id}-title`}>{words.title}</h2>
        <p class="soft">{words.about}</p>
        <button
          id={`${id}-open`}
          type="button"
          aria-controls={inside}
          aria-expanded={open}
          onClick={() => onOpen(!open)}
        >
          {open ? words.close : words.open}
        </button>
      </div>
      <div id={inside} hidden={!open} data-stale={stale}>
        {open && children}
      </div>
    </section>
  );
}

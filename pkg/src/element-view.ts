import { styleSheet } from "./element-style.js";
import type { ElementWords } from "./element-words.js";
import type { Progress } from "./progress.js";

/** Draws an element: a frame around its picture, and below it the status text and the buttons. */
export class ElementView {
  readonly frame: HTMLElement;
  /** The picture that was dropped or chosen. */
  readonly picture: HTMLImageElement;
  readonly #bar: HTMLElement;
  readonly #drop: HTMLElement;
  readonly #dropText = document.createTextNode("");
  readonly #file: HTMLInputElement;
  readonly #status: HTMLElement;
  readonly #progress: HTMLProgressElement;
  readonly #toggle: HTMLButtonElement;

  constructor(root: ShadowRoot, onFile: (file: File) => void) {
    root.adoptedStyleSheets = [styleSheet()];
    this.frame = part("div", "frame");
    this.picture = part("img", "picture");
    this.picture.hidden = true;
    this.frame.append(document.createElement("slot"), this.picture);
    this.#bar = part("div", "bar");
    this.#drop = part("label", "drop");
    this.#file = part("input", "file");
    Object.assign(this.#file, { type: "file", accept: "image/*" });
    this.#drop.append(this.#file, this.#dropText);
    this.#status = part("p", "status");
    this.#status.setAttribute("role", "status");
    this.#progress = part("progress", "progress");
    this.#toggle = part("button", "toggle");
    this.#toggle.type = "button";
    this.#bar.append(this.#drop, this.#progress, this.#status, this.#toggle);
    root.append(this.frame, this.#bar);
    this.#drop.hidden = this.#progress.hidden = this.#toggle.hidden = true;
    this.#show(true);
    this.#toggle.addEventListener("click", () => this.#show(this.frame.classList.contains("off")));
    this.#file.addEventListener("change", () => {
      const [file] = this.#file.files ?? [];
      // The same file may be chosen again.
      this.#file.value = "";
      if (file) onFile(file);
    });
    this.#takeDrops(onFile);
  }

  /** Whether a picture can be given here. */
  set droppable(droppable: boolean) {
    this.#drop.hidden = !droppable;
  }

  /** Puts an overlay over the picture. */
  readonly insert = (canvas: HTMLCanvasElement): void => {
    canvas.setAttribute("part", "overlay");
    this.frame.append(canvas);
  };

  /** Shows the status in the element's language; with a heatmap, also the button to show or hide it. */
  say(words: ElementWords, text: string, { busy = false, map = false } = {}): void {
    this.#dropText.data = words.drop;
    this.#toggle.textContent = words.map;
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.frame.ariaBusy = String(busy);
    this.#progress.hidden = !busy;
    this.#progress.ariaLabel = text;
    this.#progress.removeAttribute("value");
    this.#toggle.hidden = !map;
  }

  /** Shows progress; an indeterminate bar if the total is unknown. */
  follow({ done, total }: Progress): void {
    if (total > 0) this.#progress.value = Math.min(1, done / total);
    else this.#progress.removeAttribute("value");
  }

  #show(shown: boolean): void {
    this.frame.classList.toggle("off", !shown);
    this.#toggle.ariaPressed = String(shown);
  }

  #takeDrops(onFile: (file: File) => void): void {
    const on = (kind: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void): void => {
      for (const place of [this.frame, this.#drop])
        place.addEventListener(kind, (event) => {
          if (!this.#drop.hidden) act(event);
        });
    };
    const over = (is: boolean): boolean => this.#drop.classList.toggle("over", is);
    on("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    on("dragleave", () => over(false));
    on("drop", (event) => {
      event.preventDefault();
      over(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) onFile(file);
    });
  }
}

function part<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.setAttribute("part", name);
  return element;
}

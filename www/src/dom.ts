/** An element of index.html that must be there, as the type that it must have. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no #${id} of the right kind`);
  return found;
}

export const byId = (id: string): HTMLElement => element(id, HTMLElement);

/** Builds an element with properties and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Sets a text only when it changes, so that screen readers are not told twice. */
export function say(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Runs `draw` only when one of `inputs` is another than at the last call. */
export function memo(draw: () => void): (...inputs: unknown[]) => void {
  let last: unknown[] | undefined;
  return (...inputs) => {
    if (last && inputs.every((input, i) => Object.is(input, last?.[i]))) return;
    last = inputs;
    draw();
  };
}

/** Checks the radio button of a group that has this value. */
export function checkRadio(name: string, value: string): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)) {
    radio.checked = radio.value === value;
  }
}

/** Gives a parent these children; those that stay are not moved, so that what has the focus in them keeps it. */
export function fill(parent: Element, children: readonly Element[]): void {
  for (const old of [...parent.children]) if (!children.includes(old)) old.remove();
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
}

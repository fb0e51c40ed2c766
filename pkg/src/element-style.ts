/** The element's default look; as a style sheet, because policies may forbid inline styles. */
const TEXT = `
  :host {
    display: inline-block;
    max-width: 100%;
    vertical-align: top;
    --own-accent: var(--c3lrp-accent, LinkText);
    --own-gap: var(--c3lrp-gap, 0.5em);
  }
  :host([hidden]), [hidden] { display: none !important; }
  [part="frame"] { position: relative; }
  [part="picture"], ::slotted(img) { display: block; max-width: 100%; }
  [part="picture"] { height: auto; }
  [part="overlay"] { opacity: var(--c3lrp-opacity, 0.8); transition: opacity 0.15s; }
  [part="frame"].off [part="overlay"] { opacity: 0; }
  [part="bar"] { display: flex; flex-wrap: wrap; align-items: center; gap: var(--own-gap); }
  [part="bar"]:has(> :not([hidden]):not(:empty)) { padding-block-start: var(--own-gap); }
  [part="status"] { margin: 0; flex: 1 1 8em; overflow-wrap: anywhere; }
  [part="status"]:empty { display: none; }
  [part="progress"] { flex: 1 1 6em; min-width: 0; height: 0.4em; accent-color: var(--own-accent); }
  [part="toggle"] {
    font: inherit;
    color: inherit;
    background: none;
    border: 1px solid color-mix(in srgb, currentColor 35%, transparent);
    border-radius: var(--c3lrp-radius, 0.4em);
    padding: 0.15em 0.7em;
    cursor: pointer;
  }
  [part="toggle"][aria-pressed="true"] { background: color-mix(in srgb, currentColor 12%, transparent); }
  [part="drop"] {
    position: relative;
    flex: 1 1 100%;
    box-sizing: border-box;
    padding: 1.5em 1em;
    text-align: center;
    border: 2px dashed color-mix(in srgb, currentColor 35%, transparent);
    border-radius: var(--c3lrp-radius, 0.4em);
    cursor: pointer;
  }
  [part="drop"].over { border-color: var(--own-accent); }
  [part="drop"]:focus-within, [part="toggle"]:focus-visible { outline: 2px solid var(--own-accent); outline-offset: 2px; }
  [part="file"] { position: absolute; opacity: 0; width: 1px; height: 1px; pointer-events: none; }
  @media (prefers-reduced-motion: reduce) { [part="overlay"] { transition: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/** The style sheet that all elements share. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(TEXT);
  }
  return sheet;
}

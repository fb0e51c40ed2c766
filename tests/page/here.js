// The light library that the page itself opens with in this browser: other builds of it round otherwise.
const relaxed = await (await fetch(new URL("light-relaxed_bg.wasm", import.meta.url))).arrayBuffer();

/** Whether that is the one with relaxed-simd. */
export const isRelaxed = WebAssembly.validate(relaxed);
const library = await import(isRelaxed ? "./light-relaxed.js" : "./light.js");

export default library.default;
export const {
  drawBird,
  Explainer,
  fullColour,
  heatmap,
  partImportance,
  rankCorrelation,
  relevanceMass,
  species,
} = library;

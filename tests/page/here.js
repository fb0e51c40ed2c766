// The light library that the page itself opens with in this browser: other builds of it round otherwise.
const relaxed = await (await fetch("./light-relaxed_bg.wasm")).arrayBuffer();
const library = await import(WebAssembly.validate(relaxed) ? "./light-relaxed.js" : "./light.js");

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

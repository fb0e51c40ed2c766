import type { Catalogue } from "./words/en";
import type { Words } from "./words/words";

/** The name within a sentence, at its beginning and under a thumbnail; and its group, empty without a heading. */
type LayerWords = Catalogue["stage"]["layers"]["input"] & { readonly group: string };

/** The library's name of a boundary in words: `layer4.2` is stage 4, block 3. */
export function layerWords({ t }: Words, layer: string): LayerWords {
  const words = t.stage.layers;
  const [, stage, block] = /^layer(\d+)\.(\d+)$/.exec(layer) ?? [];
  if (stage !== undefined) {
    const at = { stage: Number(stage), block: Number(block) + 1 };
    return { ...words.block(at), group: words.stage(at.stage) };
  }
  const known: Readonly<Record<string, LayerWords>> = {
    fc: { ...words.fc, group: "" },
    avgpool: { ...words.avgpool, group: "" },
    maxpool: { ...words.maxpool, group: words.stem },
    stem: { ...words.conv, group: words.stem },
    input: { ...words.input, group: words.picture },
  };
  return known[layer] ?? { name: layer, title: layer, short: layer, group: "" };
}

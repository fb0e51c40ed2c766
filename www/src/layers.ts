import type { Words } from "./words/words";

interface LayerWords {
  /** As a sentence has it, and as it begins one. */
  readonly name: string;
  readonly title: string;
  /** As it stands under a thumbnail. */
  readonly short: string;
  /** What it stands with; empty where it needs no heading. */
  readonly group: string;
}

/** The library's name of a boundary in words: `layer4.2` is stage 4, block 3. */
export function layerWords({ t }: Words, layer: string): LayerWords {
  const words = t.stage.layers;
  const [, stage, block] = /^layer(\d+)\.(\d+)$/.exec(layer) ?? [];
  if (stage !== undefined) {
    const at = { stage: Number(stage), block: Number(block) + 1 };
    return { ...words.block(at), group: words.stage(at.stage) };
  }
  switch (layer) {
    case "fc":
    case "avgpool":
      return { ...words[layer], group: "" };
    case "maxpool":
      return { ...words.maxpool, group: words.stem };
    case "stem":
      return { ...words.conv, group: words.stem };
    case "input":
      return { ...words.input, group: words.picture };
    default:
      return { name: layer, title: layer, short: layer, group: "" };
  }
}

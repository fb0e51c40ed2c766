interface Words {
  /** As a sentence has it. */
  readonly name: string;
  /** As it stands under a thumbnail. */
  readonly short: string;
  /** What it stands with; empty where it needs no heading. */
  readonly group: string;
}

const OTHERS: Readonly<Record<string, Words>> = {
  fc: { name: "the class", short: "class", group: "" },
  avgpool: { name: "the average pool", short: "mean", group: "" },
  maxpool: { name: "the max-pool", short: "pool", group: "Stem" },
  stem: { name: "the stem", short: "stem", group: "Stem" },
  input: { name: "the picture", short: "picture", group: " " },
};

/** The library's name of a boundary in words: `layer4.2` is stage 4, block 3. */
export function layerWords(layer: string): Words {
  const [, stage, block] = /^layer(\d+)\.(\d+)$/.exec(layer) ?? [];
  if (stage === undefined) return OTHERS[layer] ?? { name: layer, short: layer, group: "" };
  const number = Number(block) + 1;
  return { name: `stage ${stage}, block ${number}`, short: String(number), group: `Stage ${stage}` };
}

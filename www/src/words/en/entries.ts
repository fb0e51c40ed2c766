import type { Formats } from "../formats";

/** The networks that the page offers. */
export const entries = (f: Formats) => ({
  birds: { title: "Birds", about: "Tells apart the twenty species of birds that this page draws." },
  tagged: {
    title: "Birds, learnt with tags",
    about: "The same species, but in training each wore a tag of its own in a corner.",
  },
  attentive: {
    title: "Birds, with attention",
    about: "The same species. An attention branch (ABN) weighs where to look.",
  },
  tiny: {
    title: "Tiny ResNet, ImageNet",
    about: "Knows a thousand things, roughly: animals, plants, food, vehicles, tools, places.",
  },
  resnet18: {
    title: "ResNet-18, ImageNet",
    about: "Knows the same thousand things better: it is right about 70 of 100 photographs.",
  },
  resnet50: {
    title: "ResNet-50, ImageNet",
    about: "Knows them best. It is right about 76 of 100 photographs, and takes longest.",
  },
  linked: "The weights that this page's address asks for.",
  /** "ResNet-50 · 1000 classes · commit 1a2b3c4". */
  repository: (found: {
    kind: string | undefined;
    classes: number | undefined;
    files: readonly string[];
    commit: string;
  }) =>
    [
      found.kind ?? "No config.json: the weights will tell what it is",
      found.classes === undefined ? "" : `${f.count(found.classes)} classes`,
      found.files.length > 1 ? `${f.count(found.files.length)} files` : (found.files[0] ?? ""),
      `commit ${found.commit}`,
    ]
      .filter(Boolean)
      .join(" · "),
  origin: ({ name, commit, checked }: { name: string; commit: string; checked: boolean }) =>
    `From ${name}, commit ${commit}${checked ? "; checked against the author's SHA-256" : ""}.`,
});

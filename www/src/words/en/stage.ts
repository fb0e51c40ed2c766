import type { BirdPart, FilterName } from "c3lrp";
import type { Meaning, Place } from "../../atlas";
import type { Formats } from "../formats";
import { filters } from "./filters";
import { PLACES } from "./work";

const SAMPLES: Readonly<Record<string, { readonly title: string; readonly alt: string }>> = {
  "cat.jpg": { title: "cat", alt: "A ginger tabby cat, close up" },
  "coffee.jpg": { title: "coffee", alt: "A cup of coffee on a wooden table" },
  "rocket.jpg": { title: "rocket", alt: "A rocket lifting off at night" },
  "astronaut.jpg": {
    title: "astronaut",
    alt: "An astronaut in an orange suit before a flag and a model of the Space Shuttle",
  },
};

const LOOKS_FOR: Readonly<Record<Place, string>> = {
  beak: "Beak",
  crest: "Crest",
  head: "Head",
  breast: "Breast",
  wing: "Wing",
  tail: "Tail",
  legs: "Legs",
  body: "Body",
  eye: "Eye",
  tag: "Tag",
  background: "Background",
};

const where = (place: number | undefined): string =>
  place === undefined ? "nowhere" : (PLACES[place] ?? "");

/** The page's frame, and the stage with the picture and its map. */
export const stage = (f: Formats) => {
  const decide = (parts: readonly BirdPart[]): string =>
    `its ${f.list(parts)}, which ${parts.length > 1 ? "decide" : "decides"}`;
  const side = (value: number): string =>
    value > 0 ? "for" : value < 0 ? "against" : "neither for nor against";
  const strength = (value: number, share: number): string =>
    `${f.figure(value)}, ${side(value)}; ${f.percent(share)} of the strongest`;
  return {
    title: "What did the network see?",
    titled: ({ name, share, method }: { name: string; share: number; method: string }): string =>
      `${name}, ${f.percent(share)} · ${method} · What did the network see?`,
    intro: <P>(method: P): (string | P)[] => [
      "A neural network names what is in a picture. ",
      method,
      " shows the pixels behind its answer. Your pictures never leave this device.",
    ],
    language: "Language",
    exactly: "What exactly does this mean?",
    footer: {
      title: "How to read the maps",
      relevance:
        "LRP traces the network's answer back, layer by layer, to the pixels it rests on. " +
        "Other methods ask what would change the answer, or where the network looks. " +
        "Each pixel gets a share of the answer, its relevance. Red pixels speak for the explained class, blue pixels against it.",
      sign:
        "Relevance starts with the sign of the class's own score. " +
        "So red speaks for the class even where the network thinks the class unlikely.",
      truth: "A map shows what this network used, right or wrong. It does not prove that the answer is true.",
      credits: (samples: readonly { file: string; credit: string }[]): string =>
        `Sample pictures: ${samples.map(({ file, credit }) => `${SAMPLES[file]?.title ?? file} by ${credit}`).join("; ")}.`,
      documentation: "How to use this on a page of your own",
      licences: "Licences of everything this page is made of",
    },
    notice: { dismiss: "Dismiss this message" },
    pick: {
      title: "Drop a picture here",
      choose: "Choose a picture",
      paste: "or paste it",
      samples: "Sample pictures",
      sample: (file: string): string => `Sample picture: ${SAMPLES[file]?.alt ?? file}`,
      file: "Picture file",
      veil: "Drop it anywhere",
    },
    headline: {
      drawing: "Drawing a bird…",
      choose: "Choose a picture",
      network: "Which network should look at it?",
      looking: "Looking at it…",
      explaining: (name: string): string => `Explaining ${name}…`,
      preparing: "Getting the network ready…",
      unexplained: "Not explained yet",
      chooseNetwork: "Now choose a network",
      sees: ({ name, share }: { name: string; share: number }): string =>
        `It sees: ${name} (${f.percent(share)})`,
      speaks: ({ name, share }: { name: string; share: number }): string =>
        `What speaks for: ${name} (${f.percent(share)})`,
    },
    parting: {
      open: (part: BirdPart): string => `What if it had no ${part === "wing" ? "wings" : part}?`,
      whyLabel: "Is the map right?",
      lesson:
        "Take a part away: the bird is drawn anew without it, and the network answers again. " +
        "A good map gives most to the parts whose loss costs the answer most. " +
        "The table has both side by side, and says how well their orders agree.",
      caption: "What each part is worth",
      part: "part",
      parts: LOOKS_FOR,
      loss: "its loss costs",
      share: "the map gives it",
      measures: "Drawing the bird without each part…",
      waits: "It is measured on the whole bird.",
      whole: "Put all parts back",
      agree: (correlation: number): string =>
        `${correlation > 0.7 ? "The map orders the parts much as the network does" : correlation > 0.3 ? "The map orders the parts a little as the network does" : "The map does not order the parts as the network does"}: rank correlation ${f.shortFigure(correlation)}.`,
    },
    concepts: {
      title: ({ layer, name }: { layer: string; name: string }): string => `What ${layer} found for ${name}`,
      whyLabel: "What did it see there?",
      lesson:
        "A layer has many channels, and each has learned to look for something. " +
        "These speak most for the class: where each found something here, and where it mattered most in other birds, with the part that it lies on. " +
        "Switch one off, and the network answers again without it.",
      looking: "Looking into the layer…",
      waits: "The layer is examined once the map is here.",
      named: ({ on, share }: Meaning): string => `${LOOKS_FOR[on]} ${f.percent(share)}`,
      held: ({ held: [seen, same] }: Meaning): string =>
        seen > 0 ? `also in ${f.count(same)} of ${f.count(seen)} other birds` : "not seen in other birds",
      channel: (of: { channel: number; share: number }): string =>
        `Channel ${of.channel} · ${f.percent(of.share)} of the relevance`,
      caption: (of: { channel: number; layer: string; share: number }): string =>
        `Channel ${of.channel} of ${of.layer} · ${f.percent(of.share)} of its relevance`,
      switchOff: "Switch off",
      tries: "Asking the network without it…",
      allOn: "Switch all on",
      without: (of: {
        channels: readonly number[];
        name: string;
        before: number;
        after: number;
        instead: string | undefined;
      }): string =>
        `Without channel${of.channels.length > 1 ? "s" : ""} ${f.list(of.channels.map(String))}: ` +
        `${of.name} ${f.tenths(of.before)} → ${f.tenths(of.after)}` +
        (of.instead === undefined ? "." : `. The network then sees ${of.instead}.`),
    },
    contrast: {
      label: (name: string): string => `${name}, and why not`,
      none: "another?",
      other: ({ name, share, nearest }: { name: string; share: number; nearest: boolean }): string =>
        `${name} (${f.percent(share)}${nearest ? ", its nearest species" : ""})`,
      rest: "all the others",
      alone: (name: string): string => `${name} alone`,
      rather: ({ name, other }: { name: string; other: string }): string => `${name} rather than ${other}`,
      why: ({ name, other }: { name: string; other: string }): string => `Why ${name} and not ${other}`,
      whyLabel: "What this shows",
      lesson:
        "The map of one class shows all that speaks for it, even what speaks for others as well. " +
        "Set against another class, what they share falls away. " +
        "What is left tells the two apart: red speaks for the first, blue for the second.",
    },
    lesson: {
      title: "Right for the wrong reason",
      text:
        "This network learned from pictures where every species wore its own tag in a corner. The bird itself was often hidden. " +
        "So it could find the answer by the tag alone. Swap the tag, or take it off. What do the answer and the map follow: the bird or the tag?",
      wears: "The bird wears",
      tags: { own: "its own tag", none: "no tag", other: "another's" },
      back: "Back to the first network",
    },
    ask: {
      text: <P>(name: P): (string | P)[] => [
        "“",
        name,
        "” only knows drawn birds: it would call any photograph one of them. The networks below know photographs. " +
          "One click downloads them, once, to this device. Your picture stays here.",
      ],
      networks: "Networks for photographs",
      anyway: "Ask the bird network anyway",
      stranger:
        "This network only knows the birds drawn here. Whatever the picture shows, it answers with one of them.",
      choose: "Choose a network for photographs",
    },
    figures: {
      picture: (name: string): string => `The picture, ${name}`,
      pictureCaption: "The picture",
      overCaption: "What counted most, over the picture",
      rawCaption: "All relevance",
      layerCaption: (at: { title: string; width: number; height: number; sum: number }): string =>
        `${at.title} · ${at.width}×${at.height} · ΣR ${f.figure(at.sum)}`,
      over: ({ name, kept, place }: { name: string; kept: number; place: number | undefined }): string =>
        `What speaks for ${name}, over the picture. The filter keeps ${f.percent(kept)} of the area, ` +
        `and the strongest relevance lies ${where(place)}. Arrow keys read single values.`,
      map: ({ name, share, place }: { name: string; share: number; place: number | undefined }): string =>
        `All relevance for ${name}: ${f.percent(share)} of it speaks for the class, the rest against. ` +
        `The strongest lies ${where(place)}. Arrow keys read single values.`,
      layer: (at: { name: string; layer: string; width: number; height: number }): string =>
        `Relevance for ${at.name} at ${at.layer}, ${at.width} by ${at.height} cells. Arrow keys read single values.`,
      against: "against",
      for: "for",
      wait: {
        here: "The relevance map will appear here.",
        network: "The relevance map will appear here once the network is loaded.",
        choose: "Choose a network, and the relevance map will appear here.",
        none: "No map yet.",
      },
      again: "Explain this picture",
    },
    /** Under the figures in a saved file. */
    caption: (at: {
      name: string;
      share: number;
      method: string;
      filter: FilterName;
      colours: string;
    }): string =>
      `${at.name}, ${f.percent(at.share)} · ${at.method} · left: filter ${filters[at.filter].title}; right: ${at.colours}`,
    readout: {
      hint: "Point at a map or tap it to read its values. With the keyboard, go to it and press the arrow keys.",
      pixel: (at: { x: number; y: number; value: number; share: number; kept: boolean }): string =>
        `Pixel ${at.x}, ${at.y}: ${strength(at.value, at.share)}, ${at.kept ? "kept" : "dropped by the filter"}.`,
      cell: (at: { layer: string; x: number; y: number; value: number; share: number }): string =>
        `${at.layer}, cell ${at.x}, ${at.y}: ${strength(at.value, at.share)} there.`,
    },
    bird: {
      name: ({
        species,
        seed,
        tagOf,
      }: {
        species: string;
        seed: number;
        tagOf?: string | undefined;
      }): string => {
        const tag = tagOf === species ? ", with its own tag" : `, with the tag of the ${tagOf}`;
        return `${species}, seed ${seed}${tagOf === undefined ? "" : tag}`;
      },
      right: "✓ The network is right.",
      wrong: (said: string): string => `✗ The network is wrong: it says ${said}.`,
      differs: ({ nearest, parts }: { nearest: readonly string[]; parts: readonly BirdPart[] }): string =>
        `Differs from ${f.list(nearest.map((name) => `the ${name}`))} by its ${f.list(parts)}.`,
      draw: "Draw another bird",
      another: (species: string): string => `Another ${species}`,
      showParts: "Show the true parts",
      parts: (parts: readonly BirdPart[]): string =>
        `Thin line: the whole bird. Thick and hatched: ${decide(parts)} its species.`,
    },
    layers: {
      stage: (number: number): string => `Stage ${number}`,
      stem: "Stem",
      picture: "Picture",
      block: ({ stage, block }: { stage: number; block: number }) => ({
        name: `stage ${stage}, block ${block}`,
        title: `Stage ${stage}, block ${block}`,
        short: String(block),
      }),
      fc: { name: "the class", title: "The class", short: "class" },
      avgpool: { name: "the average pool", title: "The average pool", short: "mean" },
      maxpool: { name: "the max-pool", title: "The max-pool", short: "pool" },
      conv: { name: "the stem", title: "The stem", short: "stem" },
      input: { name: "the picture", title: "The picture", short: "picture" },
    },
    strip: {
      title: "Watch relevance travel",
      play: "Play",
      stop: "Stop",
      none: (method: string): string =>
        `${method} does not go layer by layer, so there is nothing to watch between class and picture.`,
      arrives: ({
        start,
        end,
        share,
        part,
      }: {
        start: number;
        end: number;
        share: number;
        part: boolean;
      }): string =>
        `Relevance started as ${f.figure(start)}; ${f.figure(end)} ${part ? "of it " : ""}(${f.tenths(share)}) reaches the picture.`,
      lost: "Where is the rest?",
      why:
        "Layers add constants of their own, called biases. Relevance that belongs to a bias belongs to no pixel. " +
        "Some more is left where a layer's rule has no input to give it to.",
      gained: "Why is it more?",
      whyMore:
        "Layers add constants of their own, called biases. A bias that lowers a layer's output has a negative share of its relevance, " +
        "so the inputs get more than the whole. Relevance that belongs to a bias belongs to no pixel.",
      thumbnail: (at: { layer: string; width: number; height: number; sum: number }): string =>
        `${at.layer}, ${at.width} by ${at.height}, sum of relevance ${f.figure(at.sum)}`,
      tip: (at: { title: string; width: number; height: number }): string =>
        `${at.title}, ${at.width}×${at.height}`,
    },
    tools: {
      preset: "Preset",
      presets: { measured: "Best measured", published: "C3-LRP as published" },
      presetWords: {
        measured:
          "LRP-εγ box with C3: of twelve quick methods tested on sixty drawn birds, its maps matched the answers best. They also lay on the bird.",
        published: "C3-LRP with C3: each block counts as one layer, as in its paper.",
      },
      ownPreset: "A method and a filter of your own choice.",
      method: "Method",
      unfit: (method: string, reason: string): string => `${method}: ${reason}`,
      filter: "Filter",
      fallback: "Here they do not overlap, so the connected part alone is kept.",
      opacity: "Opacity",
      times: ({
        webgpu,
        forward,
        backward,
        filter,
      }: {
        webgpu: boolean;
        forward: number;
        backward: number;
        filter: number;
      }): string =>
        `On ${webgpu ? "WebGPU" : "the CPU"}: ${forward > 0 ? `forward ${f.seconds(forward)}` : "forward already known"} · backward ${f.seconds(backward)} · filter ${f.seconds(filter)}`,
    },
    region: {
      choice: "Box",
      about: (at: { share: number; width: number; height: number }): string =>
        `The box is around the largest connected region above a fifth of the filtered map's largest value: ${f.percent(at.share)} of the map, in ${f.count(at.width)} × ${f.count(at.height)} of its pixels.`,
      fit: (at: { mask: number; box: number }): string =>
        ` The region overlaps with the bird by ${f.percent(at.mask)} (intersection over union), and its box with the bird's box by ${f.percent(at.box)}.`,
    },
    masses: {
      caption: (name: string): string => `Where the evidence for ${name} lies`,
      whole: "in the whole map",
      even: "share of the picture",
      on: ({ on, parts }: { on: "whole" | "deciding" | "tag"; parts: readonly BirdPart[] }): string =>
        on === "whole" ? "on the bird" : on === "tag" ? "on the tag" : `on ${decide(parts)}`,
      none: "none",
    },
    numbers: {
      title: "The map in words and numbers",
      class: (at: { name: string; share: number; rank: number; classes: number }): string =>
        `${at.name}: ${f.percent(at.share)}, number ${f.count(at.rank)} of ${f.count(at.classes)}.`,
      relevance: (at: { share: number; place: number | undefined; part: number }): string =>
        `${f.percent(at.share)} of the relevance speaks for it. The strongest lies ${where(at.place)} of what the network saw, ` +
        `with ${f.percent(at.part)} of all that speaks for it.`,
      against: "All in all, more speaks against this class than for it.",
      kept: (share: number): string => `The filter keeps ${f.percent(share)} of the area.`,
      colours: ({ scale, strongest }: { scale: number; strongest: number }): string =>
        `Colours are full from ±${f.figure(scale)} on: 99.5 % of the pixels do not go beyond that. The largest value is ${f.figure(strongest)} in size.`,
      colourWord: "How values become colours",
      ninths: "Each ninth of the map and its part of all relevance: + speaks for the class, − against it",
      cell: (share: number): string =>
        `${share > 0 ? "+" : share < 0 ? "−" : ""}${f.percent(Math.abs(share))}`,
    },
  };
};

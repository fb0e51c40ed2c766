import type { Formats } from "../formats";

/** Classes, networks to choose from, how they are read, and a method's options. */
export const networks = (f: Formats) => ({
  classes: {
    title: "Best guesses",
    hint: "Pick a class to see what speaks for it.",
    query: "Find any class by name or number",
    placeholder: "Search all classes",
    none: "This network has no such class.",
    found: "Classes found",
    row: (index: number, rank: number) => `Class ${index}, number ${rank} by probability`,
    count: (classes: number, from: string) => `${f.count(classes)} classes, named by ${from}.`,
    nameless: (classes: number) =>
      `${f.count(classes)} classes without names. Drop a .txt, .json or .csv list to name them.`,
    from: {
      weights: "the weights file",
      imagenet: "ImageNet",
      guess: "a guess: their number suggests ImageNet",
      list: (file: string) => `“${file}”`,
    },
  },

  teaser: {
    title: "Right for the wrong reason",
    about: "Another network learned from pictures with a tag in the corner. Does it look at the bird?",
    open: "Open the lesson",
  },

  card: {
    download: "Download",
    downloadOf: (size: string) => `Download, ${size}`,
    resume: "Resume",
    use: "Use",
    used: "In use",
    loading: "Loading…",
    downloading: "Downloading…",
    useThen: "Use when it is here",
    elsewhere: "Another tab is downloading this. Waiting for it.",
    progress: (title: string) => `Download of ${title}`,
    cancelOf: (title: string) => `Cancel the download of ${title}`,
    forget: "Delete",
    forgetOf: (title: string) => `Delete what is kept of ${title}`,
    bundled: "Comes with this page.",
    forbidden: (host: string) =>
      `This page fetches weights only from its own host and from ${host}. Download the file yourself and drop it here.`,
    kept: (size: string) => `Kept on this device · ${size}.`,
    keptAt: (size: string, commit: string, checked: boolean) =>
      `Kept on this device · ${size}, commit ${commit}${checked ? ", checked against the author's SHA-256" : ""}.`,
    partly: (size: string) => `${size} downloaded so far.`,
    from: (host: string) => `Downloaded once from ${host}, then kept on this device.`,
  },

  loaded: {
    title: "Network",
    choose: "Choose a network",
    size: (blocks: string, parameters: number, classes: number) => {
      const size =
        parameters < 1e6
          ? `${Math.round(parameters / 1e3)} thousand`
          : `${(parameters / 1e6).toFixed(1)} million`;
      return `${blocks} blocks · ${size} parameters · ${f.count(classes)} classes`;
    },
    device: "Run on",
    devices: { auto: "Auto", webgpu: "WebGPU", cpu: "CPU" },
    keep: "Keep this network",
    other: "Use another network",
  },

  own: {
    title: "Your own network",
    about: <P>(code: (text: string) => P): (string | P)[] => [
      "A ResNet or VGG as ",
      code(".safetensors"),
      " or as a PyTorch checkpoint (",
      code(".pth"),
      ", ",
      code(".pt"),
      ", ",
      code(".bin"),
      ", ",
      code(".ckpt"),
      "). Drop it here, together with its ",
      code("config.json"),
      " if it has one.",
    ],
    choose: "Choose files",
    files: "Weights, configuration or label files",
    details: "Names, labels, links",
    tensors:
      "Tensor names follow torchvision, timm or transformers. If a network is split into several files, drop them together.",
    config: <P>(code: (text: string) => P): (string | P)[] => [
      "You can also drop a ",
      code("config.json"),
      " or ",
      code("preprocessor_config.json"),
      " from timm or transformers later. The network is then loaded again.",
    ],
    names: <P>(code: (text: string) => P): (string | P)[] => [
      "Class names work the same way: a ",
      code(".txt"),
      " file with one name per line, or a ",
      code(".json"),
      " list.",
    ],
    links: <P>(code: (text: string) => P): (string | P)[] => [
      "To link to weights on this page's host or on huggingface.co, add ",
      code("?weights="),
      " and their address to this page's address. The page fetches from no other host. A file from your disk always works.",
    ],
  },

  hub: {
    title: "Any network on Hugging Face",
    about: "A ResNet or VGG. You see what it is and how large it is before anything is downloaded.",
    name: "Name of the network, as owner/name, or its address",
    placeholder: "owner/name",
    look: "Look it up",
    looking: "Looking…",
  },

  reading: {
    sees: "What it sees",
    seen: "The picture as the network sees it",
    prepared: (architecture: string, standard: boolean, how: readonly string[]) =>
      `Read as ${architecture}. Pictures are prepared ${standard ? "as for ImageNet" : "in its own way"}: ${how.join(", ")}.`,
    size: (side: string, cut: string) => `${side} ${cut}`,
    grey: "in grey",
    blueFirst: "blue first",
    cut: { crop: "by centre crop", squash: "squeezed", whole: "with borders" },
    resized: { bilinear: "bilinear", bicubic: "bicubic" },
    nothing: "Nothing had to be assumed.",
    everything: "All of this is assumed, because the file does not say.",
    assumed: (topics: readonly string[]) => `Assumed: ${f.list(topics)}.`,
    /** What is assumed, in a word each; several options may be one thing. */
    topics: {
      side: "size",
      fit: "centre crop",
      crop: "the crop's share",
      interpolation: "resizing",
      mean: "mean and deviation",
      std: "mean and deviation",
      order: "order of colours",
      output: "softmax",
      strideIn: "strides",
      strides: "strides",
      dilations: "strides",
      normEpsilon: "BatchNorm's ε",
      squash: "squeezing",
      whole: "borders",
      sigmoid: "sigmoid",
    },
    origins: { assumed: "assumed", file: "from the file", config: "from its config", option: "chosen" },
    change: "Change",
    apply: "Apply",
    reset: "As it was",
    /** In the form's order. */
    fields: {
      side: "Side in pixels",
      fit: "How pictures become square",
      crop: "Share that a crop keeps",
      interpolation: "Resizing",
      mean: "Mean, from 0 to 1",
      std: "Standard deviation",
      order: "Order of colours",
      output: "Classes",
      strideIn: "Stride of bottlenecks",
      strides: "Strides of the stages",
      dilations: "Dilations of the stages",
      normEpsilon: "BatchNorm's ε",
    },
    choices: {
      fit: { crop: "cropped at the centre", squash: "squeezed", whole: "borders added" },
      interpolation: { bilinear: "bilinear", bicubic: "bicubic" },
      order: { rgb: "red, green, blue", bgr: "blue, green, red" },
      output: { softmax: "only one applies (softmax)", sigmoid: "each on its own (sigmoid)" },
      strideIn: { "3x3": "in the 3×3, as torchvision", "1x1": "in the first 1×1, as Caffe and Keras" },
    },
    wanted: {
      one: "a number",
      channels: "one number, or three with commas between them",
      strides: "a number for each stage, such as 1, 2, 2, 2",
      dilations: "a number for each stage, such as 1, 1, 2, 4",
    },
    wrong: (field: string, wanted: string) => `“${field}” must be ${wanted}. Nothing was changed.`,
  },

  options: {
    title: "Options",
    names: {
      start: "Start",
      stabilizer: "Stabilizer",
      epsilon: "Epsilon",
      epsilonUnit: "Epsilon's unit",
      linear: "Linear layer",
      linearBias: "Linear layer's bias",
      convolution: "Convolutions",
      first: "First convolution",
      gamma: "Gamma",
      alpha: "Alpha",
      norm: "BatchNorm",
      addition: "Addition",
      identitySkips: "Identity skips",
      pool: "Max-pool",
      input: "First layer's input",
      stage: "Stage",
      masks: "Masks",
      grid: "Grid",
      keep: "Keep",
      seed: "Seed",
    },
    /** An option's value, as the library has it. */
    choice: (value: string): string => ({ true: "yes", false: "no" })[value] ?? value,
    mustBeNumber: (option: string, example: string) =>
      `${option} must be a number, such as ${example}. The value before is kept.`,
  },
});

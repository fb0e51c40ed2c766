import type { Formats } from "../formats";

const STEPS: Readonly<Record<string, string>> = {
  starting: "Starting",
  downloading: "Downloading",
  "reading the weights' header": "Reading the file",
  "checking the device": "Testing the device",
  "loading the weights": "Loading the network",
  "choosing kernels": "Finding the fastest GPU code",
  forward: "Forward pass",
  backward: "Backward pass",
  masks: "Masks",
  "measuring the speed": "Measuring the speed",
  filter: "Filtering the map",
  pictures: "Measuring",
  done: "Done",
};
const COUNTED: Readonly<Record<string, string>> = {
  masks: "masks",
  pictures: "pictures",
};

/** Where in a map something lies, row by row. */
export const PLACES = [
  "in the upper left",
  "at the top",
  "in the upper right",
  "on the left",
  "in the centre",
  "on the right",
  "in the lower left",
  "at the bottom",
  "in the lower right",
] as const;

const A_MINUTE_AND_MORE = 100;

/** What is going on, and what is said when something has happened. */
export const work = (f: Formats) => {
  const quoted = (files: readonly string[]): string => f.list(files.map((file) => `“${file}”`));
  return {
    step: (step: string): string => STEPS[step] ?? step,
    far: (what: string, far: string): string => `${what} · ${far}`,
    counted: (step: string, done: number, total: number): string => {
      const unit = COUNTED[step];
      const of = `${f.count(done)} of ${f.count(total)}`;
      return unit ? `${of} ${unit}` : `${STEPS[step] ?? step} · ${of}`;
    },
    left: (seconds: number): string =>
      seconds < A_MINUTE_AND_MORE ? `about ${seconds} s left` : `about ${Math.round(seconds / 60)} min left`,
    clock: (seconds: number): string => `${seconds.toFixed(1)} s`,
    cancel: "Cancel",
    classNumber: (index: number): string => `class ${index}`,

    explained: ({ name, share, place }: { name: string; share: number; place: number | undefined }): string =>
      `${name}, ${f.percent(share)}. ${place === undefined ? "Nothing speaks for it." : `The strongest relevance lies ${PLACES[place]}.`}`,
    arrived: "The relevance has reached the picture.",
    loaded: ({ name, reason }: { name: string; reason: string }): string => `${name} is loaded. ${reason}`,
    deleted: (title: string): string => `${title} is deleted from this device.`,
    cardDone: (method: string): string => `${method} is done.`,
    measured: ({
      title,
      insertion,
      deletion,
    }: {
      title: string;
      insertion: number;
      deletion: number;
    }): string => `${title}: insertion ${f.shortFigure(insertion)}, deletion ${f.shortFigure(deletion)}.`,
    downloaded: ({ title }: { title: string }): string => `${title} is downloaded.`,
    useIt: "Use it",

    labelsTaken: (file: string): string => `The classes now have the names in “${file}”.`,
    labelsWait: ({ file, count }: { file: string; count: number }): string =>
      `“${file}” names ${f.count(count)} classes. It waits for a network with as many.`,
    readAs: (files: readonly string[]): string => `The network now follows ${quoted(files)}.`,
    oneNetwork: ({ name, count }: { name: string; count: number }): string =>
      `This page loads one network at a time. It took “${name}”, the first of ${f.count(count)}.`,
    severalNetworks: ({ file, count }: { file: string; count: number }): string =>
      `“${file}” holds ${f.count(count)} networks. Which one should be explained?`,
    among: ({ family, prefix }: { family: string; prefix: string }): string =>
      `A ${family} whose names ${prefix ? `begin with “${prefix}”` : "have no beginning of their own"}`,

    keptBefore: "What was set before is kept.",
    defaultsTaken: "The method is used with its defaults.",
    stays: "The network stays where it was.",
    deletedBroken: "The download has been deleted. Choose another network.",
    tryAgain: "Try again",
    lostGpu: (wrong: boolean): string =>
      `${wrong ? "The GPU made a mistake, so its result is not shown" : "The GPU stopped responding"}. ` +
      "Work goes on with the CPU. Your picture and the network are still here.",
  };
};

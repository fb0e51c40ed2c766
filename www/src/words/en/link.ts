import type { Formats } from "../formats";

const KEPT = {
  photo: "Your picture is not in the link: it stays on this device.",
  paint: "What is painted over is not in the link.",
  network: "Your network is not in the link: its file stays on this device.",
  reading: "How you have the network read is not in the link.",
};

/** What a link can't hold, because it is the person's own. */
export type KeptBack = keyof typeof KEPT;

/** What is said of links to what is seen. */
export const link = (f: Formats) => {
  const keptBack = (what: readonly KeptBack[]): string => what.map((one) => KEPT[one]).join(" ");
  return {
    copy: "Copy link",
    keptBack,
    copied: (what: readonly KeptBack[]): string =>
      what.length === 0
        ? "The link is copied. Whoever opens it sees the same."
        : `The link is copied. ${keptBack(what)} The rest is.`,
    notCopied:
      "The browser lets this page copy nothing. The page's address is the same link: copy it from there.",
    left: (names: readonly string[]): string =>
      `This page cannot show all that the link says, and leaves out: ${f.list(names.map((name) => `“${name}”`))}.`,
    photo:
      "The link was made with a picture that is in no link. Drop that picture here, and the rest is as it was.",
    network: "The link was made with a network of somebody's own, whose file is in no link.",
    offered: (title: string): string => `The link is about ${title}, which is not on this device yet.`,
    fetch: (bytes: number | undefined): string =>
      bytes === undefined ? "Look it up" : `Download it, ${f.bytes(bytes)}`,
  };
};

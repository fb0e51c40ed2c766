/** The class names, in the order of the network's outputs. */
export interface Labels {
  readonly names: readonly string[];
  /** Their source: the weights file, ImageNet, a guess by the number of classes, or a list with its file's name. */
  readonly from:
    | { readonly kind: "weights" | "imagenet" | "guess" }
    | { readonly kind: "list"; readonly file: string };
  /** Whether they are a guess from the number of classes. */
  readonly guessed?: boolean;
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

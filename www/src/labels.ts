/** Names of the classes, in the order of the network's outputs. */
export interface Labels {
  readonly names: readonly string[];
  /** Where they come from: the weights file, ImageNet, a guess by their number, or a list by its file's name. */
  readonly from:
    | { readonly kind: "weights" | "imagenet" | "guess" }
    | { readonly kind: "list"; readonly file: string };
  /** Nobody gave them: the number of classes suggests them. */
  readonly guessed?: boolean;
}

/** ImageNet's names are lists of synonyms; the first one will do in a headline. */
export const shortName = (name: string): string => name.split(",")[0] ?? name;

/**
 * A type of the browser by its name, where the project has the browser's types (`lib: ["DOM"]`); another where it has
 * Node's alone.
 */
export type Dom<Name extends string, Else = never> = typeof globalThis extends {
  readonly [N in Name]: { readonly prototype: infer Type };
}
  ? Type
  : Else;

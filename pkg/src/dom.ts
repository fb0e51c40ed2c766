/**
 * A browser type by its name, if the project includes the browser's types (`lib: ["DOM"]`); otherwise, as in a project for
 * Node only, the type `Else`.
 */
export type Dom<Name extends string, Else = never> = typeof globalThis extends {
  readonly [N in Name]: { readonly prototype: infer Type };
}
  ? Type
  : Else;

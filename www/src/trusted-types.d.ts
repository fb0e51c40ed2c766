/** What main.ts needs of Trusted Types, which TypeScript's libraries don't describe; not every browser has them. */
declare var trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown }
  | undefined;

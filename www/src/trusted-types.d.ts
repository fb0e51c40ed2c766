/** The part of Trusted Types that main.ts uses, missing in TypeScript's libraries; not every browser has them. */
declare var trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown }
  | undefined;

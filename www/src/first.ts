import { begin } from "./early";
import { SCRIPTS_POLICY } from "./policy";
import { unopened } from "./unopened";

// The first script of the page: it begins what the first map waits for, and only then fetches the page's own code.

async function first(): Promise<void> {
  // In browsers with trusted types, every address of code passes here: only the page's own are allowed.
  globalThis.trustedTypes?.createPolicy(SCRIPTS_POLICY, {
    createScriptURL: (url) => {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new Error(`${url} is no part of this page`);
    },
  });
  begin();
  await import("./main");
}

first().catch(unopened);

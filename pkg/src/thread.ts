/** Starts the worker, and gives advice if that fails. */

/** The worker option: the address of `dist/worker.js`, or a function that starts it. */
export type Started = string | URL | (() => Worker);

const module = { type: "module" } as const;

/** This module's own address, from the bundler or the browser. */
const here = import.meta.url;

/**
 * Where Vite's development server keeps prebundled packages, without their workers; the package itself is in a folder
 * above.
 */
const AHEAD = /\/\.vite\/deps\/.*$/;

/** Starts the worker beside this module. The last line is written so that bundlers recognise it. */
export function beside(): Worker {
  if (AHEAD.test(here)) return new Worker(here.replace(AHEAD, "/c3lrp/dist/worker.js"), module);
  if (isElsewhere(here)) return startedAt(new URL("worker.js", here));
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

/** Starts a worker at an address. Browsers start none from another origin, so a local worker imports it. */
export function startedAt(address: string | URL): Worker {
  const { href } = new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href);
  if (!isElsewhere(href)) return new Worker(address, module);
  const shim = URL.createObjectURL(
    new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }),
  );
  const worker = new Worker(shim, module);
  // Its first message, or its failure, shows that the blob was read.
  const read = (): void => URL.revokeObjectURL(shim);
  worker.addEventListener("message", read, { once: true });
  worker.addEventListener("error", read, { once: true });
  return worker;
}

const isElsewhere = (address: string): boolean =>
  /^https?:/.test(address) && new URL(address).origin !== globalThis.location?.origin;

/** Advice if the worker did not start. */
export function remedy(started: Started | undefined): string {
  if (typeof started === "function") return "Look into what the option worker starts.";
  if (started === undefined && AHEAD.test(here))
    return 'Set optimizeDeps: { exclude: ["c3lrp"] } in Vite\'s configuration.';
  if (isElsewhere(String(started ?? here)))
    return "It is on another origin, which has to send Access-Control-Allow-Origin, and the page's Content-Security-Policy needs worker-src blob:. Or put c3lrp/dist/worker.js on the page's own origin, and give load its address as worker.";
  if (started === undefined)
    return "Where a bundler did not take it along, give load the address of c3lrp/dist/worker.js as worker. A Content-Security-Policy needs worker-src 'self'; one with trusted types, a worker that the page starts itself.";
  return "Check the address that load was given as worker, and the page's Content-Security-Policy.";
}

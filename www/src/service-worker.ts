/**
 * Keeps the page's own files, so that it opens without a network.
 *
 * Every file but index.html and the documentation's pages has its content's hash in its name, and index.html names all that
 * belong to it.
 * So one shelf holds any number of versions, and putting another index.html there, once all that it names is
 * there and checked, is the whole update: a page gets the files it was built with, or none.
 */
export {};

declare const self: ServiceWorkerGlobalScope;

/** Every file of this version with its SHA-256; the build fills it in. */
declare const __FILES__: Readonly<Record<string, string>>;

/** The policy of the page, for the files of hosts that send none: a worker has only what a header says. */
declare const __POLICY__: string;

const files = __FILES__;
const policy = __POLICY__;

const INDEX = "index.html";

const scope = new URL("./", self.location.href).href;
/** A host may have several copies of the page, in folders of their own: each keeps its files for itself. */
const SHELF = `c3lrp-page ${scope}`;
/** Its pages keep their names, so that links to them last; each version brings its own. */
const DOCUMENTATION = `${scope}docs/`;
/** Where the manifest has the system send the pictures that a person shares with the installed page. */
const SHARE = `${scope}share`;
/** They lie here until the page takes them (shared.ts), and nothing else does. */
const SHARED = `c3lrp-shared ${scope}`;
/** index.html is asked for by the folder's address, since some hosts redirect its name to that. */
const address = (name: string): string => (name === INDEX ? scope : new URL(name, scope).href);

const sha256 = async (bytes: ArrayBuffer): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** Fetches a file of this version, past the browser's cache if that holds another. */
async function fetchChecked(name: string): Promise<Response> {
  for (const cache of ["default", "reload"] as const) {
    const answer = await fetch(address(name), { cache });
    const bytes = await answer.arrayBuffer();
    if (!answer.ok || (await sha256(bytes)) !== files[name]) continue;
    const headers = new Headers(answer.headers);
    headers.delete("Content-Encoding");
    headers.set("Content-Length", String(bytes.byteLength));
    if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", policy);
    return new Response(bytes, { headers });
  }
  throw new Error(`${name} is not there, or not as it was built`);
}

/** Puts all of this version on the shelf, its index.html last; one that fails leaves the version before in use. */
async function install(): Promise<void> {
  const shelf = await caches.open(SHELF);
  const { [INDEX]: _, ...others } = files;
  for (const [name, hash] of Object.entries(others)) {
    const kept = await (await shelf.match(address(name)))?.arrayBuffer();
    if (!kept || (await sha256(kept)) !== hash) await shelf.put(address(name), await fetchChecked(name));
  }
  await shelf.put(scope, await fetchChecked(INDEX));
}

/** Throws away what other versions left, now that no page of theirs is open. */
async function tidy(): Promise<void> {
  const shelf = await caches.open(SHELF);
  const index = await shelf.match(scope);
  // A newer version may have come meanwhile; then it will tidy up.
  if (!index || (await sha256(await index.arrayBuffer())) !== files[INDEX]) return;
  const own = new Set(Object.keys(files).map(address));
  for (const { url } of await shelf.keys()) if (!own.has(url)) await shelf.delete(url);
  // Earlier versions kept their files for all folders together.
  const old = await caches.open("c3lrp-page");
  for (const { url } of await old.keys()) if (url.startsWith(scope)) await old.delete(url);
}

/** Takes what a person shares from another app, which thus never goes to the host, and opens the page with it. */
async function takeShared(request: Request): Promise<Response> {
  try {
    // Of earlier ones that no page took, nothing stays.
    await caches.delete(SHARED);
    const pictures = new FormData();
    for (const picture of (await request.formData()).getAll("picture")) pictures.append("picture", picture);
    await (await caches.open(SHARED)).put(SHARE, new Response(pictures));
  } catch {
    // No form, or no room: the page finds nothing, and says so.
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** One thing at a time on the shelf: a version may be on its way while the one before it tidies up. */
const alone = (doing: () => Promise<void>): Promise<void> => navigator.locks.request(SHELF, doing);

self.addEventListener("install", (event) => event.waitUntil(alone(install)));

// A first visit's page goes on with the shelf as well.
self.addEventListener("activate", (event) => event.waitUntil(alone(tidy).then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const [url = ""] = request.url.split(/[?#]/);
  if (request.method === "POST" && request.mode === "navigate" && url === SHARE) {
    event.respondWith(takeShared(request));
    return;
  }
  const opens = request.mode === "navigate" && (url === scope || url === scope + INDEX);
  const reads = url.startsWith(DOCUMENTATION);
  // Everything else, weights above all, goes by as if this worker weren't here.
  if (request.method !== "GET" || !(opens || reads || url.startsWith(`${scope}assets/`))) return;
  const kept = opens ? scope : url === DOCUMENTATION ? url + INDEX : url;
  const looked = caches.match(kept, { cacheName: SHELF }).catch(() => undefined);
  event.respondWith(looked.then((found) => found ?? fetch(request)));
});

/**
 * Keeps the page's own files, so that it opens offline.
 *
 * Every file name contains a hash of the content, except index.html and the documentation's pages, and index.html names
 * all files that belong to it. So one cache holds any number of versions. An update only replaces index.html, once all
 * files that it names are there and checked: a page gets the files it was built with, or none.
 */
export {};

declare const self: ServiceWorkerGlobalScope;

/** Every file of this version with its SHA-256; the build fills it in. */
declare const __FILES__: Readonly<Record<string, string>>;

/** The page's policy, added to files from hosts that send none: a worker's policy can only come from a header. */
declare const __POLICY__: string;

const files = __FILES__;
const policy = __POLICY__;

const INDEX = "index.html";

const scope = new URL("./", self.location.href).href;
/** A host may have several copies of the page in different folders: each has its own cache. */
const SHELF = `c3lrp-page ${scope}`;
/** Its pages keep their names, so that links stay valid; each version brings its own. */
const DOCUMENTATION = `${scope}docs/`;
/** The address to which the system sends pictures shared with the installed page, as set in the manifest. */
const SHARE = `${scope}share`;
/** The cache for shared pictures until the page takes them (shared.ts). */
const SHARED = `c3lrp-shared ${scope}`;
/** index.html is requested by the folder's address, because some hosts redirect its name to that. */
const address = (name: string): string => (name === INDEX ? scope : new URL(name, scope).href);

const sha256 = async (bytes: ArrayBuffer): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** Fetches a file of this version; bypasses the browser's cache if that has another version. */
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

/** Puts all files of this version into the cache, index.html last; on failure the previous version stays in use. */
async function install(): Promise<void> {
  const shelf = await caches.open(SHELF);
  const { [INDEX]: _, ...others } = files;
  for (const [name, hash] of Object.entries(others)) {
    const kept = await (await shelf.match(address(name)))?.arrayBuffer();
    if (!kept || (await sha256(kept)) !== hash) await shelf.put(address(name), await fetchChecked(name));
  }
  await shelf.put(scope, await fetchChecked(INDEX));
}

/** Deletes other versions' files, now that none of their pages is open. */
async function tidy(): Promise<void> {
  const shelf = await caches.open(SHELF);
  const index = await shelf.match(scope);
  // A newer version may have come meanwhile, and will clean up itself.
  if (!index || (await sha256(await index.arrayBuffer())) !== files[INDEX]) return;
  const own = new Set(Object.keys(files).map(address));
  for (const { url } of await shelf.keys()) if (!own.has(url)) await shelf.delete(url);
  // Earlier versions kept their files for all folders together.
  const old = await caches.open("c3lrp-page");
  for (const { url } of await old.keys()) if (url.startsWith(scope)) await old.delete(url);
}

/** Takes pictures shared from another app, so that they never reach the host, and opens the page with them. */
async function takeShared(request: Request): Promise<Response> {
  try {
    // Earlier pictures that no page took are deleted.
    await caches.delete(SHARED);
    const pictures = new FormData();
    for (const picture of (await request.formData()).getAll("picture")) pictures.append("picture", picture);
    await (await caches.open(SHARED)).put(SHARE, new Response(pictures));
  } catch {
    // No form, or no space: the page finds nothing, and says so.
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** Milliseconds that a page may wait until other versions' files are deleted. */
const PATIENCE = 1000;

/** One task at a time on the cache: a version may be installing while the previous one cleans up. */
const alone = (doing: () => Promise<void>, options: LockOptions = {}): Promise<void> =>
  navigator.locks.request(SHELF, options, doing);

self.addEventListener("install", (event) => event.waitUntil(alone(install)));

/** No page opens until this is done. Fetching a newer version may take minutes; that one deletes the rest when it takes over. */
async function activate(): Promise<void> {
  await alone(tidy, { signal: AbortSignal.timeout(PATIENCE) }).catch((error: unknown) =>
    console.warn("c3lrp: files of other versions are kept until the next one comes:", error),
  );
  // The page of a first visit also uses the cache from now on.
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const [url = ""] = request.url.split(/[?#]/);
  if (request.method === "POST" && request.mode === "navigate" && url === SHARE) {
    event.respondWith(takeShared(request));
    return;
  }
  const opens = request.mode === "navigate" && (url === scope || url === scope + INDEX);
  const reads = url.startsWith(DOCUMENTATION);
  // Everything else, weights above all, is not handled here.
  if (request.method !== "GET" || !(opens || reads || url.startsWith(`${scope}assets/`))) return;
  const kept = opens ? scope : url === DOCUMENTATION ? url + INDEX : url;
  const looked = caches.match(kept, { cacheName: SHELF }).catch(() => undefined);
  event.respondWith(looked.then((found) => found ?? fetch(request)));
});

/**
 * Takes the pictures that another app shared with the installed page, once: removes them from the service worker's cache and
 * from the address. Undefined if the page was opened without any; empty if they should be there and aren't.
 */
export async function takeShared(): Promise<readonly File[] | undefined> {
  const address = new URL(location.href);
  const expected = address.searchParams.has("shared");
  if (expected) {
    address.searchParams.delete("shared");
    history.replaceState(history.state, "", address);
  }
  const pictures = await unshelved().catch(() => []);
  return expected ? pictures : undefined;
}

/** Empties the cache that service-worker.ts fills, including pictures for a page that never opened. */
async function unshelved(): Promise<File[]> {
  const name = `c3lrp-shared ${new URL("./", location.href).href}`;
  if (!(await caches.has(name))) return [];
  try {
    const kept = await (await caches.open(name)).match("./share");
    const form = await kept?.formData();
    return form?.getAll("picture").filter((picture) => picture instanceof File) ?? [];
  } finally {
    await caches.delete(name);
  }
}

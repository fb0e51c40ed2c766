/**
 * Takes the pictures that were shared with the installed page from another app, once: of what the service worker keeps of
 * them nothing stays, and the address no longer speaks of them. Undefined where the page was opened without; empty where
 * they should be here and aren't.
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

/** Empties the shelf that service-worker.ts fills; what lies there from a page that never opened goes as well. */
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

/**
 * Has the page's own files kept, so that it opens without a network from the next time on. Where the browser
 * can't or may not, the page is as it was: nothing is said.
 */
export async function keepForOffline(): Promise<void> {
  if (!import.meta.env.PROD) return;
  try {
    await navigator.serviceWorker.register("./service-worker.js", { updateViaCache: "none" });
  } catch {
    // No service workers here, or no room.
  }
}

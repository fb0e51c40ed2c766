/** How far the page is with working offline: all of its files are kept, or those of a newer version wait. */
export type Offline = "ready" | "newer";

/** What a browser says of its connection, where it says it. */
interface Connection {
  readonly connection?: { readonly saveData?: boolean };
}

/**
 * Lets browsers offer to install the page, from when this version's service worker is at work and not before: pictures that
 * are shared with an installed page are sent as to a server, and the service worker is who takes them on the way.
 */
export function beInstallable(): void {
  const link = document.getElementById("manifest");
  if (link instanceof HTMLLinkElement && link.rel !== "manifest") link.rel = "manifest";
}

/**
 * Has the page's own files kept, so that it opens without a network from the next time on, and tells how far that is.
 * Where the browser can't or may not, or its user saves data, the page is as it was: nothing is said.
 */
export async function keepForOffline(tell: (offline: Offline) => void): Promise<void> {
  if (!import.meta.env.PROD || (navigator as Connection).connection?.saveData) return;
  try {
    const { serviceWorker } = navigator;
    const registration = await serviceWorker.register("./service-worker.js", { updateViaCache: "none" });
    // Who has this version already hears of the next one alone.
    let known = serviceWorker.controller !== null;
    if (known && registration.active) tell(registration.waiting ? "newer" : "ready");
    const follow = (worker: ServiceWorker | null): void => {
      worker?.addEventListener("statechange", () => {
        if (worker.state !== "installed" && worker.state !== "activated") return;
        if (known && worker.state === "installed") tell("newer");
        else if (!known && worker.state === "activated") {
          known = true;
          tell("ready");
        }
      });
    };
    follow(registration.installing);
    registration.addEventListener("updatefound", () => follow(registration.installing));
  } catch {
    // No service workers here, or no room.
  }
}

/** The page's offline state: all of its files are kept, or a newer version is ready. */
export type Offline = "ready" | "newer";

/** A browser's information about its connection, if it has any. */
interface Connection {
  readonly connection?: { readonly saveData?: boolean };
}

/**
 * Lets browsers offer to install the page, but only once its service worker is active: pictures shared with an installed
 * page are sent like a request to a server, and the service worker must intercept them.
 */
export function beInstallable(): void {
  const link = document.getElementById("manifest");
  if (link instanceof HTMLLinkElement && link.rel !== "manifest") link.rel = "manifest";
}

/**
 * Keeps the page's own files, so that it opens offline from the next visit on, and reports the state. If the browser
 * can't, must not, or saves data, nothing happens and nothing is reported.
 */
export async function keepForOffline(tell: (offline: Offline) => void): Promise<void> {
  if (!import.meta.env.PROD || (navigator as Connection).connection?.saveData) return;
  try {
    const { serviceWorker } = navigator;
    const registration = await serviceWorker.register("./service-worker.js", { updateViaCache: "none" });
    // With this version already kept, only a newer one is reported.
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
    // No service workers, or no space.
  }
}

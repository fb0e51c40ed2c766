/**
 * What index.html says beside a page that has not opened: its style shows it after a while, whatever is missing, and
 * `unopened` at once. No words are loaded yet, so it is there in each language.
 */
const notice = (): HTMLElement | null => document.getElementById("unopened");

/** Takes the notice away: the page has opened, or says itself why it can't. */
export const opened = (): void => notice()?.remove();

/** Shows the notice with the browser's reason, unless the page had opened before. */
export function unopened(error: unknown): void {
  reportError(error);
  const shown = notice();
  if (!shown || shown.dataset.failed) return;
  shown.dataset.failed = "true";
  document.getElementById("opening")?.remove();
  const reason = document.createElement("p");
  reason.className = "soft";
  reason.textContent = String(error);
  shown.append(reason);
  askAgain();
}

/**
 * Asks for the page's scripts again, past all caches. WebKit keeps a script that was not there in memory, and would give
 * each later visit in the same tab that failure without asking the host.
 */
function askAgain(): void {
  for (const { name } of performance.getEntriesByType("resource"))
    if (/\.js$/.test(name)) fetch(name, { cache: "reload" }).catch(() => {});
}

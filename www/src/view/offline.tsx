import type { Props } from "./props";

/** Whether the page opens without a network, and whether a newer one waits. */
export function OfflineWord({ state: { offline, words } }: Pick<Props, "state">) {
  const { offline: t } = words.t.closer;
  if (!offline) return null;
  return (
    <p id="offline" class="soft" role="status">
      {t[offline]}{" "}
      {offline === "newer" && (
        <button type="button" class="link" onClick={() => location.reload()}>
          {t.reload}
        </button>
      )}
    </p>
  );
}

import type { Props } from "./props";

/** Says whether the page works offline, and whether a newer version is ready. */
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

import { candidates } from "../compared";
import { labelsOf } from "../current";
import { curvesKey } from "../judgement";
import { batchSettings, rows } from "../overview";
import { asked } from "../question";
import type { State } from "../state";

const COLUMNS = [
  ...["map", "method", "filter", "class", "label", "probability", "on_bird", "on_deciding", "on_tag"],
  ...["region_iou", "box_iou", "kept", "milliseconds", "protocol", "ties", "insertion", "deletion", "id"],
] as const;

/** The compared maps, one line each: their settings, the relevance on the bird, and their faithfulness. */
export function comparisonCsv(state: State): string {
  const { judge } = state.judgement;
  const labels = labelsOf(state);
  const rows = candidates(state).map(({ key, id, baseline, of }) => {
    const { explained, named } = of;
    const { target, masses, milliseconds } = explained;
    const measured = state.curves.get(curvesKey(key, judge));
    const curves = measured?.kind === "done" ? measured.value : undefined;
    const mass = (on: (typeof masses)[number]["on"]) => masses.find((one) => one.on === on)?.after;
    // A baseline has no method.
    const own = baseline
      ? {}
      : {
          method: JSON.stringify(asked(named).method),
          filter: named.filter,
          on_bird: mass("whole"),
          on_deciding: mass("deciding"),
          on_tag: mass("tag"),
          region_iou: explained.fit?.mask,
          box_iou: explained.fit?.box,
          kept: of.facts.keptShare,
          milliseconds: milliseconds.backward,
        };
    const scores = curves && {
      ...judge,
      insertion: curves.insertion.area,
      deletion: curves.deletion.area,
      id: curves.id,
    };
    const about = { class: target, label: labels?.names[target], probability: explained.probability };
    const row: Readonly<Partial<Record<string, string | number>>> = { map: id, ...about, ...own, ...scores };
    return COLUMNS.map((column) => quoted(String(row[column] ?? ""))).join(",");
  });
  return `${[COLUMNS.join(","), ...rows].join("\r\n")}\r\n`;
}

/** A field by RFC 4180; one that a spreadsheet would compute is marked as text. */
export function quoted(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The overview as a table of comma-separated values, by RFC 4180. */
export function batchCsv(state: State): string {
  const { method, filter } = batchSettings(state);
  const head = ["file", "class", "label", "probability", "network", "method", "filter", "milliseconds"];
  const lines = rows(state).map(({ item, result, label = "" }) => {
    const done = result?.kind === "done" ? result : undefined;
    const found = [done?.target, label, done?.probability];
    const how = done
      ? [state.network?.called, JSON.stringify(method), filter, done.milliseconds]
      : ["", "", "", ""];
    return [item.file.name, ...found, ...how].map((value) => quoted(String(value ?? ""))).join(",");
  });
  return `${[head.join(","), ...lines].join("\r\n")}\r\n`;
}

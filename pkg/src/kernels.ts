import type { Kernels } from "../c3lrp.js";

const KEY = "c3lrp-kernels";

/** What was measured on this browser's GPUs, to choose the kernels; nothing where storage is forbidden. */
export function measuredKernels(): Kernels[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    // The library passes over what it can't use of a list; whatever else stands there is none.
    return Array.isArray(stored) ? stored.filter((one) => typeof one === "object" && one !== null) : [];
  } catch {
    return [];
  }
}

/** Forgets what was measured, of all adapters. */
export const forgetKernels = (): void => store([]);

/** Keeps it for the next visit, in place of what was known of the same adapter. */
export const keepKernels = (kernels: Kernels): void =>
  store([...measuredKernels().filter(({ adapter }) => adapter !== kernels.adapter), kernels]);

function store(kernels: readonly Kernels[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kernels));
  } catch {
    // It is measured again then.
  }
}

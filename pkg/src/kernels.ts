import type { Kernels } from "../c3lrp.js";

const KEY = "c3lrp-kernels";

/** The kernels measured on this browser's GPUs; empty if storage is forbidden. */
export function measuredKernels(): Kernels[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    // The library ignores unusable entries of a list; anything but a list is unusable as a whole.
    return Array.isArray(stored) ? stored.filter((one) => typeof one === "object" && one !== null) : [];
  } catch {
    return [];
  }
}

/** Deletes the measurements of all adapters. */
export const forgetKernels = (): void => store([]);

/** Keeps a measurement for the next visit; it replaces the one of the same adapter. */
export const keepKernels = (kernels: Kernels): void =>
  store([...measuredKernels().filter(({ adapter }) => adapter !== kernels.adapter), kernels]);

function store(kernels: readonly Kernels[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kernels));
  } catch {
    // Then it is measured again next time.
  }
}

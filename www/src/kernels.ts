import type { Kernels } from "c3lrp";

const KEY = "kernels";

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
export function forgetKernels(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing is kept where storage is forbidden.
  }
}

/** Keeps it for the next visit, in place of what was known of the same adapter. */
export function keepKernels(kernels: Kernels): void {
  const others = measuredKernels().filter(({ adapter }) => adapter !== kernels.adapter);
  try {
    localStorage.setItem(KEY, JSON.stringify([...others, kernels]));
  } catch {
    // It is measured again then.
  }
}

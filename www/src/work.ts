/** Work that takes a while, as the page shows it. */
export interface Work {
  /** The current step, by the library's or the page's name. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** When the work and its current step began, by `performance.now()`. */
  readonly since: number;
  readonly stepSince: number;
}

/** The progress of an entry's download. */
export interface Transfer {
  readonly work: Work;
  /** Whether another tab is downloading, and this one waits. */
  readonly elsewhere: boolean;
}

/** Work without reported progress. */
export function begun(step = "starting"): Work {
  const since = performance.now();
  return { step, done: 0, total: 0, since, stepSince: since };
}

/** Work with the progress that was just reported. */
export function reported(work: Work, done: number, total: number, step: string): Work {
  const stepSince = step === work.step ? work.stepSince : performance.now();
  return { ...work, step, done, total, stepSince };
}

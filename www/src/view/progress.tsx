import { useEffect, useReducer } from "preact/hooks";
import type { Words } from "../words/words";
import type { Work } from "../work";

/** With fewer steps the bar is indeterminate. */
const FEW = 4;
/** Steps counted in bytes, and the steps before them, whose total is in bytes but without progress. */
const IN_BYTES = ["downloading", "loading the weights"];
const OF_BYTES = ["reading the weights' header", "checking the device"];
/** The clock's interval, in milliseconds. */
const TICK = 100;

interface BarProps {
  readonly work: Work;
  readonly label: string;
  readonly id?: string;
}

/** The progress of work as a bar. */
export function ProgressBar({ work: { done, total }, label, id }: BarProps) {
  // An indeterminate bar needs its own element, because an element keeps its value.
  if (total <= FEW) return <progress key="moving" id={id} aria-label={label} />;
  return <progress key="counting" id={id} aria-label={label} max={total} value={Math.min(done, total)} />;
}

/** The step, its progress, and for masks the remaining time. */
export function workWords({ t, f }: Words, { step, done, total, stepSince }: Work): string {
  const what = t.work.step(step);
  const sized = IN_BYTES.includes(step);
  if (sized && done > 0) return t.work.far(what, total > 0 ? f.bytesOf(done, total) : f.bytes(done));
  if (sized || OF_BYTES.includes(step) || total <= FEW) return what;
  const far = t.work.counted(step, Math.min(done, total), total);
  if (step !== "masks" || done <= 0 || done >= total) return far;
  // Assumes that the rest goes at the same speed.
  const left = ((performance.now() - stepSince) / done) * (total - done);
  return t.work.far(far, t.work.left(Math.max(1, Math.round(left / 1000))));
}

interface WorkingProps {
  /** The prefix of its elements' ids. */
  readonly id: string;
  readonly work: Work | undefined;
  readonly words: Words;
  readonly onCancel: () => void;
}

/** Work with its bar, text, time and cancel button. */
export function Working({ id, work, words, onCancel }: WorkingProps) {
  if (!work) return null;
  const what = workWords(words, work);
  return (
    <div id={id} class="work">
      <ProgressBar id={`${id}-bar`} work={work} label={words.t.work.step(work.step)} />
      <p>
        <span id={`${id}-what`}>{what}</span> <Clock id={`${id}-time`} since={work.since} words={words} />
      </p>
      <button id={`${id}-cancel`} type="button" onClick={onCancel}>
        {words.t.work.cancel}
      </button>
    </div>
  );
}

/** A clock of its own, because the page is drawn only when the state changes. */
function Clock({ id, since, words }: { readonly id: string; readonly since: number; readonly words: Words }) {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, TICK, undefined);
    return () => clearInterval(timer);
  }, []);
  return (
    <span id={id} class="soft time" aria-hidden="true">
      {words.t.work.clock((performance.now() - since) / 1000)}
    </span>
  );
}

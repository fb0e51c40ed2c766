import { useEffect, useReducer } from "preact/hooks";
import type { Work } from "../state";
import type { Words } from "../words/words";

/** With so few steps a bar tells nothing; then it only moves. */
const FEW = 4;
/** Steps that are counted in bytes, and those before them, whose total is in bytes of which none is done. */
const IN_BYTES = ["downloading", "loading the weights"];
const OF_BYTES = ["reading the weights' header", "checking the device"];
/** How often a clock is read, in milliseconds. */
const TICK = 100;

interface BarProps {
  readonly work: Work;
  readonly label: string;
  readonly id?: string;
}

/** How far a piece of work is. */
export function ProgressBar({ work: { done, total }, label, id }: BarProps) {
  // A bar that had a value keeps one, so one that only moves is another.
  if (total <= FEW) return <progress key="moving" id={id} aria-label={label} />;
  return <progress key="counting" id={id} aria-label={label} max={total} value={Math.min(done, total)} />;
}

/** What is going on, how far it is, and for masks how long the rest takes. */
export function workWords({ t, f }: Words, { step, done, total, stepSince }: Work): string {
  const what = t.work.step(step);
  const sized = IN_BYTES.includes(step);
  if (sized && done > 0) return t.work.far(what, total > 0 ? f.bytesOf(done, total) : f.bytes(done));
  if (sized || OF_BYTES.includes(step) || total <= FEW) return what;
  const far = t.work.counted(step, Math.min(done, total), total);
  if (step !== "masks" || done <= 0 || done >= total) return far;
  // The rest takes as long as this much of it took.
  const left = ((performance.now() - stepSince) / done) * (total - done);
  return t.work.far(far, t.work.left(Math.max(1, Math.round(left / 1000))));
}

interface WorkingProps {
  /** Its parts' ids begin so. */
  readonly id: string;
  readonly work: Work | undefined;
  readonly words: Words;
  readonly onCancel: () => void;
}

/** Work with its bar, its words, its time, and the way to call it off. */
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

/** The clock ticks by itself: a state is drawn only when something happens. */
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

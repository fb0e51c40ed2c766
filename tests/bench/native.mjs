// Our explanation on the native CPU beside PyTorch's eager forward pass and input gradient: full
// ResNet-50, one picture, two processes that take turns.
//
//   ROUNDS=9   measured rounds (after one more to warm up)
//   THREADS=2  threads of each
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { keep } from "./report.mjs";
import { circumstances, fullModel, median, root } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 9);
const threads = Number(process.env.THREADS ?? 2);

/** A process that answers a line with a line. */
async function start(name, command, ...options) {
  const env = { ...process.env, RAYON_NUM_THREADS: `${threads}` };
  const child = spawn(command, options, { stdio: ["pipe", "pipe", "inherit"], env });
  child.on("error", (error) => console.error(`${name}: ${error.message}`));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw Error(`${name} ended`);
    return value;
  };
  const ready = await next();
  const ask = (line) => {
    child.stdin.write(`${line}\n`);
    return next().then(JSON.parse);
  };
  return { ready, ask, end: () => child.stdin.end() };
}

const weights = fullModel();
const ours = await start("c3lrp", path.join(root, "target/release/examples/native"), weights);
const script = path.join(import.meta.dirname, "pytorch.py");
const pytorch = await start("PyTorch", process.env.PYTHON ?? "python3", script, weights, `${threads}`);

const runs = [];
for (let round = 0; round <= rounds; round++) {
  const run = { ours: await ours.ask(round), pytorch: await pytorch.ask(round) };
  const { ours: mine, pytorch: theirs } = run;
  if (Math.abs(mine.largest - theirs.largest) > 1e-3 * Math.abs(theirs.largest))
    throw Error(`the two compute different logits: ${mine.largest} and ${theirs.largest}`);
  console.log(
    `round ${round}: explanation ${Math.round(mine.explanation)} ms; PyTorch forward ${Math.round(theirs.forward)} ms, forward and gradient ${Math.round(theirs.gradient)} ms`,
  );
  if (round > 0) runs.push(run);
}
ours.end();
pytorch.end();

const middle = (of) => median(runs.map(of));
const ratios = runs.map((run) => run.ours.explanation / run.pytorch.gradient);
keep("native", {
  command: `ROUNDS=${rounds} ./build.sh bench native`,
  ...circumstances(),
  threads,
  rounds,
  pytorch: JSON.parse(pytorch.ready).version,
  milliseconds: {
    forward: middle((run) => run.ours.forward),
    explanation: middle((run) => run.ours.explanation),
    classSwitch: middle((run) => run.ours.classSwitch),
    pytorchForward: middle((run) => run.pytorch.forward),
    pytorchGradient: middle((run) => run.pytorch.gradient),
  },
  ratios: [Math.min(...ratios), Math.max(...ratios)],
});

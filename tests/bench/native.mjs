// Our explanation on the native CPU beside PyTorch's eager forward pass and input gradient: full
// ResNet-50, one picture, processes that take turns. PyTorch's threads spin while they wait for each
// other, which costs it many times its time where the machine has other work; so that it runs with
// sleeping threads and with a single one as well, and is taken where it is fastest.
//
//   ROUNDS=9   measured rounds (after one more to warm up)
//   THREADS=2  threads
//   C3LRP_PROCESSOR=avx2  both with these registers alone, of a processor that has more
//   GPU=1      on the machine's GPU instead: ours by its native driver, PyTorch's by CUDA
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { column, figure, median, ratios } from "./figures.mjs";
import { keep } from "./report.mjs";
import { circumstances, fullModel, root } from "./support.mjs";

const rounds = Number(process.env.ROUNDS ?? 9);
const threads = Number(process.env.THREADS ?? 2);
const gpu = Boolean(process.env.GPU);
const registers = process.env.C3LRP_PROCESSOR;
if (![undefined, "avx2"].includes(registers)) throw Error(`PyTorch has no ${registers} to compare with`);
// PyTorch's own kernels, and the libraries that it multiplies with.
const held = registers && {
  ATEN_CPU_CAPABILITY: "avx2",
  ONEDNN_MAX_CPU_ISA: "AVX2",
  MKL_ENABLE_INSTRUCTIONS: "AVX2",
};

/** A process that answers a line with a line. */
async function start(name, variables, command, ...options) {
  const env = { ...process.env, ...variables };
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
const program = path.join(root, "target/release/examples/native");
const device = gpu ? "gpu" : "cpu";
const ours = await start("c3lrp", { RAYON_NUM_THREADS: `${threads}` }, program, weights, device);
const pytorch = (name, variables, threads) => {
  const script = path.join(import.meta.dirname, "pytorch.py");
  const device = gpu ? "cuda" : "cpu";
  return start(
    name,
    { ...held, ...variables },
    process.env.PYTHON ?? "python3",
    script,
    weights,
    `${threads}`,
    device,
  );
};
const peers = {};
const ways = [
  ["as it is", {}, threads],
  ["waiting threads asleep", { OMP_WAIT_POLICY: "PASSIVE" }, threads],
  ["one thread", {}, 1],
];
for (const [name, ...how] of gpu ? ways.slice(0, 1) : ways)
  peers[name] = { runs: [], ...(await pytorch(`PyTorch, ${name}`, ...how)) };

const runs = [];
for (let round = 0; round <= rounds; round++) {
  // What is asked for first in a turn pays for cores that slept, and isn't counted.
  const turn = async ({ ask }) => {
    await ask(1000 + round);
    return ask(round);
  };
  const mine = await turn(ours);
  if (round > 0) runs.push(mine);
  const words = [`explanation ${Math.round(mine.explanation)} ms`];
  for (const [name, peer] of Object.entries(peers)) {
    const theirs = await turn(peer);
    if (Math.abs(mine.largest - theirs.largest) > 1e-3 * Math.abs(theirs.largest))
      throw Error(`PyTorch computes something else: ${theirs.largest}, not ${mine.largest}`);
    if (round > 0) peer.runs.push(theirs);
    words.push(`PyTorch, ${name}: ${Math.round(theirs.forward)} and ${Math.round(theirs.gradient)} ms`);
  }
  console.log(`round ${round}: ${words.join("; ")}`);
}
for (const process of [ours, ...Object.values(peers)]) process.end();

const middle = (runs, what) => median(column(runs, what));
const medians = (runs, ...what) => Object.fromEntries(what.map((what) => [what, middle(runs, what)]));
const fastest = Object.values(peers).reduce((a, b) =>
  middle(b.runs, "gradient") < middle(a.runs, "gradient") ? b : a,
);
const besideGradient = ratios(column(runs, "explanation"), column(fastest.runs, "gradient"));
const { version } = JSON.parse(fastest.ready);
const found = {
  command: `${gpu ? "GPU=1 " : ""}${registers ? `C3LRP_PROCESSOR=${registers} ` : ""}ROUNDS=${rounds} ./build.sh bench native`,
  ...circumstances(),
  adapter: ours.ready,
  threads,
  rounds,
  version,
  ours: medians(runs, "explanation", "forward", "classSwitch"),
  pytorch: Object.fromEntries(
    Object.entries(peers).map(([name, { runs }]) => [name, medians(runs, "forward", "gradient")]),
  ),
  ratios: [Math.min(...besideGradient), Math.max(...besideGradient)],
};
const figures = [
  ...["explanation", "forward", "classSwitch"].map((what) =>
    figure(`c3lrp: ${what}`, "ms", "less", column(runs, what)),
  ),
  ...Object.entries(peers).flatMap(([name, { runs }]) =>
    ["forward", "gradient"].map((what) =>
      figure(`PyTorch, ${name}: ${what}`, "ms", "less", column(runs, what)),
    ),
  ),
  figure("explanation / PyTorch forward and input gradient", "ratio", "less", besideGradient),
  figure(
    "forward / PyTorch forward",
    "ratio",
    "less",
    ratios(column(runs, "forward"), column(fastest.runs, "forward")),
  ),
];
keep(gpu ? "gpu" : (registers ?? "native"), found, figures, { pytorch: version });

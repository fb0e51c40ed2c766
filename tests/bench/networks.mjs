// Loads every file that networks.py made, natively and in Chromium, holds logits and maps against PyTorch's, and
// writes docs/networks.md.
//
//   node tests/bench/networks.mjs [NAME...]   of some rows, only their lines are written anew
//   FOLDER=path      where networks.py wrote them (target/networks/files)
//   DEVICES=native,cpu,webgpu   some of these
//   GPU=1            WebGPU on the machine's own adapter, for every row
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { serve } from "./server.mjs";
import { launch, root } from "./support.mjs";

const folder = path.resolve(process.env.FOLDER ?? path.join(root, "target/networks/files"));
const devices = (process.env.DEVICES ?? "native,cpu,webgpu").split(",");
const { methods, rows: all } = JSON.parse(fs.readFileSync(path.join(folder, "networks.json"), "utf8"));
const asked = process.argv.slice(2);
const rows = all.filter(({ name }) => asked.length === 0 || asked.includes(name));

/** What a software adapter is asked for: a layer of each sort. */
const FEW = ["resnet18", "timm-resnet10t", "timm-ecaresnet26t", "cifar-resnet20", "grey"];
const NAMES = { native: "native CPU", cpu: "Chromium's CPU", webgpu: "WebGPU" };

/** Beyond these, as shares of the largest magnitude, a row is no match. Of maps as in docs/parity.md. */
const MOST = { logits: 1e-4, maps: 1e-3 };

const floats = (file) => new Float32Array(new Uint8Array(fs.readFileSync(path.join(folder, file))).buffer);

/** The largest difference, as a share of the largest magnitude. */
function error(found, file) {
  const expected = floats(file);
  if (found?.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0);
  return off / largest;
}

/** What a row asks of an engine. */
const job = ({ files, config, options, input, side, target, maps }) => ({
  files,
  name: path.basename(files[0]),
  config,
  options,
  picture: input && {
    input,
    side,
    target,
    methods: Object.fromEntries(Object.keys(maps).map((method) => [method, methods[method]])),
  },
});

/** The native library, in a process that is asked line by line. */
function native() {
  const program = path.join(root, "target/release/examples/networks");
  let child;
  let lines;
  const start = () => {
    child = spawn(program, ["cpu"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  };
  start();
  const ask = async (row) => {
    child.stdin.write(`${JSON.stringify(job(row))}\n`);
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    start();
    return { error: "the process ended" };
  };
  return { ask, end: () => child.stdin.end() };
}

/** The package, in a page of its own for each row. */
async function chromium(device) {
  const server = await serve({ "/pkg/": path.join(root, "pkg"), "/files/": folder });
  const browser = await launch();
  const ask = async (row) => {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    try {
      await page.goto(server.url);
      return await page.evaluate(explained, [job(row), device]);
    } catch (error) {
      return { error: error.message };
    } finally {
      await page.close().catch(() => {});
    }
  };
  const end = async () => {
    await browser.close();
    server.close();
  };
  return { ask, end };
}

/** Runs in the page; answers as networks.rs does. */
async function explained([{ files, name, config, options, picture }, device]) {
  const get = (file) => fetch(`/files/${file}`);
  const { default: init, Explainer } = await import(new URL("/pkg/c3lrp.js", location.href).href);
  await init();
  try {
    const weights = await Promise.all(files.map(async (file) => (await get(file)).blob()));
    const texts = await Promise.all(config.map(async (file) => (await get(file)).text()));
    const explainer = await Explainer.create(weights.length === 1 ? weights[0] : weights, {
      device,
      name,
      ...(device === "webgpu" && { kernels: "tiled" }),
      ...(texts.length > 0 && { config: texts }),
      ...options,
    });
    const answer = { info: explainer.info, maps: {} };
    if (!picture) return answer;
    const { input, side, target, methods } = picture;
    const tensor = new Float32Array(await (await get(input)).arrayBuffer());
    for (const [name, options] of Object.entries(methods)) {
      const asked = { method: { name, ...options }, target, filter: "none" };
      const found = await explainer.explainTensor(tensor, side, side, asked);
      answer.logits = Array.from(found.logits);
      answer.maps[name] = Array.from(found.map);
      found.free();
    }
    return answer;
  } catch (error) {
    return { error: error.message };
  }
}

/** A row's errors on a device, or why it has none. */
function compared(row, answer) {
  if (answer.error) return { refusal: answer.error };
  if (!row.input) return { loaded: true };
  const maps = Object.entries(row.maps).map(([method, file]) => [method, error(answer.maps[method], file)]);
  return { loaded: true, logits: error(answer.logits, row.logits), maps: Object.fromEntries(maps) };
}

/** What is not as expected, in words. */
function complaints(row, device, result) {
  const { refusal, logits, maps } = result;
  if (row.expected === "refused") {
    if (!refusal) return [`${NAMES[device]}: is taken`];
    const unsaid = row.says.filter((word) => !refusal.includes(word));
    return unsaid.map((word) => `${NAMES[device]}: the refusal does not say ${word}`);
  }
  if (refusal) return [`${NAMES[device]}: ${refusal}`];
  const wrong = Object.entries(maps).filter(([, off]) => !(off <= MOST.maps));
  return [...(logits <= MOST.logits ? [] : [["logits", logits]]), ...wrong].map(
    ([what, off]) => `${NAMES[device]}: ${what} are off by ${off.toExponential(0)}`,
  );
}

const results = new Map(rows.map(({ name }) => [name, {}]));
const wrong = new Map();
for (const device of devices) {
  const engine = device === "native" ? native() : await chromium(device);
  for (const row of rows) {
    if (device === "webgpu" && !process.env.GPU && !FEW.includes(row.name)) continue;
    const result = compared(row, await engine.ask(row));
    results.get(row.name)[device] = result;
    const found = complaints(row, device, result);
    if (found.length > 0) wrong.set(row.name, [...(wrong.get(row.name) ?? []), ...found]);
    const words =
      result.refusal ?? [result.logits, ...Object.values(result.maps ?? {})].map(short).join(", ");
    console.log(`${NAMES[device]}, ${row.name}: ${words}${found.length > 0 ? " (not as expected)" : ""}`);
  }
  await engine.end();
}
for (const [name, words] of wrong) console.error(`${name}: ${words.join("; ")}`);

function short(number) {
  if (number === undefined) return "";
  return number === 0 ? "0" : number.toExponential(0);
}

// In tables, | ends a cell, and < begins a tag.
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
const table = (head, align, body) =>
  [head, align, ...body]
    .map((cells) => (typeof cells === "string" ? cells : `| ${cells.map(cell).join(" | ")} |`))
    .join("\n");
const asOption = ([name, value]) => `\`${name}: ${JSON.stringify(value)}\``;
const kind = ({ kind, options }) => [kind, ...Object.entries(options).map(asOption)].join(", ");

/** One figure of a row on each device. */
const figures = ({ name }, get) =>
  devices
    .flatMap((device) => {
      const result = results.get(name)[device];
      return result ? [result.refusal ? "refused" : short(get(result))] : [];
    })
    .filter((text) => text)
    .join(" / ");

const page = path.join(root, "docs/networks.md");
const FAULTS = "## Not as it should be";
const written = fs.existsSync(page) ? fs.readFileSync(page, "utf8") : "";
/** A row's line on the page as it is, for one that is not measured now. */
function lineOf(row) {
  const start = `| ${[row.family, kind(row)].map(cell).join(" | ")} |`;
  return written.split("\n").find((line) => line.startsWith(start)) ?? `${start} not measured |`;
}

function documentOf() {
  const [taken, refused] = ["loads", "refused"].map((what) =>
    all.filter(({ expected }) => expected === what),
  );
  const columns = Object.keys(methods);
  const measured = ({ name }) => results.has(name);
  const body = taken.map((row) =>
    !measured(row)
      ? lineOf(row)
      : [
          row.family,
          kind(row),
          figures(row, ({ logits }) => logits),
          ...columns.map((method) => figures(row, ({ maps }) => maps?.[method])),
        ],
  );
  const refusals = refused.map((row) => {
    if (!measured(row)) return lineOf(row);
    const said = Object.values(results.get(row.name)).map(({ refusal }) => refusal ?? "It is taken.");
    return [row.family, kind(row), [...new Set(said)].join(" In Chromium: ")];
  });
  const well = taken.filter(({ name }) => !wrong.has(name)).length;
  const epsilons = columns.filter((method) => methods[method].epsilon);
  const learnt = taken.some(({ learnt }) => learnt) ? "; ResNet-20 for CIFAR was trained on photographs" : "";
  const faults = [...wrong].map(([name, words]) => [name, words.join("; ")]);
  return `# Networks

\`./build.sh networks\` makes ${taken.length + refused.length} kinds of files as people have them, at full size, loads each, compares the
result with PyTorch, and writes this page. ${well} of the ${taken.length} files with a network of these families load and agree; the other ${refused.length} files
must be refused, with a message that says what they are.

Weights are random, from fixed seeds, with BatchNorm statistics close to the layers' inputs${learnt}.
Each figure is the largest error anywhere, as a share of the largest magnitude: of the logits, and of each method's map, summed
over the channels, started at the logit. PyTorch computes in float64: the rules' maps by formulas that agree with zennit
on ResNet-18 and ResNet-50 (to 1e-7), and Input×Gradient by autograd. ${epsilons.join(" and ")} have ε = 0.01, as in
[parity.md](parity.md), which says why. Biases are shifted slightly, and one of several pictures is chosen, so that no ReLU or
max-pool comes so close to a tie that rounding decides it; that changes a map by up to 1e-2 of its maximum in any implementation.

## Files that load

Each cell has ${devices.map((device) => NAMES[device]).join(" / ")}${devices.includes("webgpu") && !process.env.GPU ? ", the last one for some of them, on Chromium's software adapter" : ""}.

${table(["Network", "File", "Logits", ...columns], ["---", "---", ...["", ...columns].map(() => "---:")], body)}

## Files that are refused

${table(["Network", "File", "What is said"], ["---", "---", "---"], refusals)}
${faults.length > 0 ? `\n${FAULTS}\n\n${table(["File", "What is wrong"], ["---", "---"], faults)}\n` : ""}`;
}

// What is wrong with the rows that are not measured now would be lost.
if (asked.length > 0 && written.includes(FAULTS))
  throw new Error("docs/networks.md lists faults; measure all rows");
fs.writeFileSync(page, documentOf());
console.log(`docs/networks.md: ${rows.length} files, ${wrong.size} of them not as expected`);
process.exitCode = wrong.size > 0 ? 1 : 0;

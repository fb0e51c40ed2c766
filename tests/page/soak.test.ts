import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { CDPSession, Page } from "@playwright/test";
import { files, root } from "./files.ts";
import { askAnyway, canvasHash, expect, mapShown, open, pictureIs, test } from "./page.ts";

/**
 * A long session: pictures, classes, methods and devices change, work is called off, the page is loaded
 * again. `./build.sh soak` makes it 500 explanations long and writes docs/soak.md.
 */
const ROUNDS = Number(process.env.SOAK ?? 30);
/** Memory is to be flat from here on. */
const WARM = Math.min(50, Math.floor(ROUNDS / 3));
/** In the middle nothing is called off or loaded again: what leaks, leaks there. */
const UNBROKEN = [Math.floor(0.3 * ROUNDS), Math.floor(0.7 * ROUNDS)] as const;
/** The device changes after so many. */
const TURN = Math.max(5, Math.floor(ROUNDS / 20));
const GROWTH = 1.05;
/** How often the same questions are asked again at the end. */
const AGAIN = 3;
/** How many of a person's own pictures the page keeps, for Back. */
const REMEMBERED = 8;
const OWN = [
  [files.cat, "cat.png"],
  [files.coffee, "coffee.png"],
] as const;
/**
 * The bytes by which any heap may have grown. The wasm heap grows by what is asked for at once; 3 × 224 × 224 numbers, of a picture
 * or of its relevance, take ten of its pages. On WebGPU that is more than a twentieth of it. The same work, 36 explanations, would
 * show a leak of a sixteenth of a picture each.
 */
const BOTH = 2 * 10 * 65_536;
const most = (before: number): number => Math.max(GROWTH * before, before + BOTH);

const METHODS = ["c3-lrp", "lrp-epsilon", "grad-cam", "input-x-gradient", "lrp-epsilon-plus"] as const;

/** In bytes. */
interface Memory {
  readonly wasm: number;
  readonly page: number;
  readonly worker: number;
  readonly used: number;
  readonly reserved: number;
}

interface Sample extends Memory {
  readonly round: number;
  readonly device: "cpu" | "webgpu";
}

/** Asks the browser's debugger for the heaps of the page and its worker, garbage collected. */
class Heaps {
  readonly #page: CDPSession;
  #worker = "";
  #lastId = 0;
  readonly #answers = new Map<number, (result: { usedSize: number; backingStorageSize?: number }) => void>();

  private constructor(page: CDPSession) {
    this.#page = page;
    page.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") this.#worker = sessionId;
    });
    page.on("Target.receivedMessageFromTarget", ({ message }) => {
      const { id, result } = JSON.parse(message);
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
    });
  }

  static async of(page: Page): Promise<Heaps> {
    const session = await page.context().newCDPSession(page);
    const heaps = new Heaps(session);
    await session.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return heaps;
  }

  async page(): Promise<number> {
    await this.#page.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await this.#page.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    return usedSize + (backingStorageSize ?? 0);
  }

  /** Without the wasm's memory, which is counted by itself. */
  async worker(wasm: number): Promise<number> {
    await this.#toWorker("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = await this.#toWorker("Runtime.getHeapUsage");
    return usedSize + Math.max(0, (backingStorageSize ?? 0) - wasm);
  }

  async #toWorker(method: string): Promise<{ usedSize: number; backingStorageSize?: number }> {
    const id = ++this.#lastId;
    const answer = new Promise<{ usedSize: number; backingStorageSize?: number }>((resolve) =>
      this.#answers.set(id, resolve),
    );
    await this.#page.send("Target.sendMessageToTarget", {
      sessionId: this.#worker,
      message: JSON.stringify({ id, method }),
    });
    return await answer;
  }
}

/** What the explainer in the worker says that it holds. */
async function held(page: Page): Promise<{ heap: number; gpu?: { used: number; reserved: number } }> {
  const worker = page.workers()[0];
  if (!worker) throw new Error("the page has no worker");
  return await worker.evaluate(
    () =>
      new Promise((resolve) => {
        const scope = globalThis as unknown as { postMessage(message: unknown, transfer?: unknown): void };
        const { postMessage } = scope;
        scope.postMessage = (message, transfer) => {
          const { kind, memory } = message as { kind: string; memory: never };
          if (kind !== "remembered") return postMessage.call(scope, message, transfer);
          scope.postMessage = postMessage;
          resolve(memory);
        };
        dispatchEvent(new MessageEvent("message", { data: { id: -1, kind: "memory" } }));
      }),
  );
}

async function takeFile(page: Page, file: string, name: string): Promise<void> {
  await page.setInputFiles("#file", file);
  await pictureIs(page, name);
  await askAnyway(page);
}

/** Asks for another bird and calls its explanation off, unless that was quicker. */
const callOff = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    document.querySelector<HTMLElement>("#gallery button:not([aria-pressed=true])")?.click();
    for (const end = performance.now() + 1000; performance.now() < end; ) {
      const cancel = document.getElementById("work-cancel");
      if (cancel) {
        cancel.click();
        return true;
      }
      await new Promise((next) => setTimeout(next, 1));
    }
    return false;
  });

test("a long session holds no more at its end than at its beginning, and answers the same", async ({
  page,
  server,
}) => {
  test.setTimeout(ROUNDS > 100 ? 0 : 600_000);
  const errors: string[] = [];
  page.on("console", (message) => {
    if (
      ["error", "warning"].includes(message.type()) &&
      !/willReadFrequently|blocked by Playwright/.test(message.text())
    )
      errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  const began = performance.now();
  let heaps = await Heaps.of(page);
  let device: Sample["device"] = "cpu";
  const samples: Sample[] = [];
  const counts = { cancels: 0, reloads: 0, turns: 0 };

  const onDevice = async (): Promise<void> => {
    const [label, badge] = device === "cpu" ? ["CPU", "CPU"] : ["WebGPU", "WebGPU"];
    await page.getByLabel(label, { exact: true }).check();
    await expect(page.locator("#badge")).toContainText(badge, { timeout: 240_000 });
    await mapShown(page, 240_000);
  };
  const answer = async (): Promise<string> => {
    device = "cpu";
    await onDevice();
    await page.locator("#method").selectOption("lrp-epsilon-plus");
    await takeFile(page, files.cat, "cat.png");
    await mapShown(page);
    return await canvasHash(page, "#map");
  };
  const memory = async (): Promise<Memory> => {
    const { heap, gpu } = await held(page);
    return {
      wasm: heap,
      page: await heaps.page(),
      worker: await heaps.worker(heap),
      used: gpu?.used ?? 0,
      reserved: gpu?.reserved ?? 0,
    };
  };
  const first = await answer();

  for (let round = 1; round <= ROUNDS; round++) {
    const broken = round < UNBROKEN[0] || round >= UNBROKEN[1];
    if (round % TURN === 0) {
      device = device === "cpu" ? "webgpu" : "cpu";
      counts.turns += 1;
      await onDevice();
    }
    if (broken && round % 10 === 7) {
      await open(page, server.page);
      heaps = await Heaps.of(page);
      counts.reloads += 1;
      await onDevice();
    }
    if (broken && round % 6 === 3 && (await callOff(page))) {
      counts.cancels += 1;
      const again = page.locator("#again-button");
      // It may have been done in the very moment.
      await again.click({ timeout: 5_000 }).catch(() => {});
      await mapShown(page, 120_000);
    }
    const step = round % 4;
    if (step === 0)
      await page
        .locator("#gallery button")
        .nth((3 * round) % 20)
        .click();
    else if (step === 1)
      await page
        .locator("#top button")
        .nth(1 + (round % 3))
        .click();
    else if (step === 2)
      await page.locator("#method").selectOption(METHODS[(round >> 2) % METHODS.length] ?? "c3-lrp");
    else if (round % 8 === 3) await takeFile(page, files.cat, "cat.png");
    else await takeFile(page, files.coffee, "coffee.png");
    await mapShown(page, 240_000);
    await expect(page.locator("#notice")).toBeHidden();
    if (round % 5 === 0) {
      samples.push({ round, device, ...(await memory()) });
      if (round % 25 === 0) console.log(JSON.stringify(samples.at(-1)));
    }
  }
  expect(await answer()).toBe(first);

  const minutes = (performance.now() - began) / 60_000;
  const growth = grown(samples);
  console.log({ ...counts, minutes, growth });
  if (ROUNDS >= 500) report(samples, growth, counts, minutes, page.context().browser()?.version() ?? "");
  if (ROUNDS >= 100)
    for (const [what, { early, late }] of Object.entries(growth))
      expect(late, `${what}: ${early} bytes early`).toBeLessThanOrEqual(most(early));

  // The short form has too few rounds for medians, and each method needs buffers of its own. So the same worker does the
  // same work again and again.
  const sameWork = async (): Promise<void> => {
    for (const [file, name] of OWN) {
      await takeFile(page, file, name);
      for (const method of METHODS) {
        await page.locator("#method").selectOption(method);
        await mapShown(page, 240_000);
      }
    }
  };
  for (device of ["cpu", "webgpu"] as const) {
    await onDevice();
    for (let taken = 0; taken < REMEMBERED; taken += OWN.length)
      for (const [file, name] of OWN) await takeFile(page, file, name);
    await sameWork();
    const before = await memory();
    for (let time = 0; time < AGAIN; time++) await sameWork();
    const after = await memory();
    console.log({ device, before, after });
    expect(after.wasm, `${device}, wasm heap`).toBeLessThanOrEqual(before.wasm + BOTH);
    for (const [what, says] of ALL)
      expect(after[what], `${device}, ${says}`).toBeLessThanOrEqual(most(before[what]));
  }
  expect(errors).toEqual([]);
});

type What = "wasm" | "page" | "worker" | "used" | "reserved";
const ALL: readonly (readonly [what: What, says: string, colour: string])[] = [
  ["wasm", "wasm heap", "#b45309"],
  ["page", "page's heap", "#1d4ed8"],
  ["worker", "worker's heap", "#15803d"],
  ["used", "GPU's tensors", "#be185d"],
  ["reserved", "GPU's pools", "#6d28d9"],
];

/** The middles of what is held in the first third after the warm-up and in the last, device by device the worst. */
function grown(samples: readonly Sample[]): Record<What, { early: number; late: number }> {
  const from = (ROUNDS - WARM) / 3;
  const middle = (what: What, device: string, low: number, high: number): number => {
    const values = samples
      .filter((sample) => sample.round > low && sample.round <= high && sample.device === device)
      .map((sample) => sample[what])
      .sort((a, b) => a - b);
    return values[values.length >> 1] ?? 0;
  };
  const worst = (what: What) =>
    (["cpu", "webgpu"] as const)
      .map((device) => ({
        early: middle(what, device, WARM, WARM + from),
        late: middle(what, device, ROUNDS - from, ROUNDS),
      }))
      .filter(({ early }) => early > 0)
      .sort((a, b) => b.late / b.early - a.late / a.early)[0] ?? { early: 1, late: 1 };
  return Object.fromEntries(ALL.map(([what]) => [what, worst(what)])) as Record<
    What,
    { early: number; late: number }
  >;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function report(
  samples: readonly Sample[],
  growth: ReturnType<typeof grown>,
  counts: { cancels: number; reloads: number; turns: number },
  minutes: number,
  chromium: string,
): void {
  writeFileSync(`${root}/docs/soak.svg`, curve(samples));
  const rows = ALL.map(([what, says]) => {
    const { early, late } = growth[what];
    return `| ${says} | ${megabytes(early)} | ${megabytes(late)} | ${(100 * (late / early - 1)).toFixed(1)} % |`;
  });
  writeFileSync(
    `${root}/docs/soak.md`,
    `# A long session

Made by \`./build.sh soak\` on ${new Date().toISOString().slice(0, 10)}, in Chromium ${chromium} with WebGPU in software, on
${cpus().length} cores of ${cpus()[0]?.model.trim()}, in ${minutes.toFixed(0)} minutes.

${ROUNDS} explanations on the page with its bundled network: drawn birds and photographs, classes and methods in turn, ${counts.turns}
changes between the CPU and WebGPU, ${counts.cancels} cancelled explanations, ${counts.reloads} reloads; no cancellation and no reload between
explanations ${UNBROKEN[0]} and ${UNBROKEN[1]}, so one worker serves all of those. No error occurred, nothing was written to the
console, and the same picture gave the same map, byte for byte, before the first and after the last.

![Memory in MB over the explanations](soak.svg)

Memory in MB: the median of the first third after explanation ${WARM}, and of the last third, on the device where it
grew more. The test fails beyond 5 %. Heaps are read after garbage collection; the GPU's figures are Burn's own report on its pools.

| | early | late | growth |
| --- | --: | --: | --: |
${rows.join("\n")}

\`./build.sh test\` runs the same with 30 explanations.
`,
  );
}

/** The samples as lines over the rounds, the time on WebGPU shaded. */
function curve(samples: readonly Sample[]): string {
  const [width, height, left, bottom] = [900, 420, 50, 60];
  const most = Math.max(...samples.flatMap((sample) => ALL.map(([what]) => sample[what]))) * 1.08;
  const x = (round: number): number => left + ((width - left - 150) * round) / ROUNDS;
  const y = (bytes: number): number => 20 + (height - 20 - bottom) * (1 - bytes / most);
  const parts: string[] = [];
  const every = samples[1] && samples[0] ? samples[1].round - samples[0].round : 1;
  for (const { round, device } of samples) {
    if (device === "webgpu")
      parts.push(
        `<rect x="${x(round - every).toFixed(1)}" y="20" width="${(x(every) - left).toFixed(1)}" height="${height - 20 - bottom}" fill="#f3f0ea"/>`,
      );
  }
  for (let mark = 0; mark <= most; mark += 10e6) {
    parts.push(
      `<path d="M${left} ${y(mark).toFixed(1)}H${width - 150}" stroke="#d6d3d1"/><text x="${left - 8}" y="${(y(mark) + 4).toFixed(1)}" text-anchor="end">${mark / 1e6}</text>`,
    );
  }
  for (let round = 0; round <= ROUNDS; round += 100) {
    parts.push(`<text x="${x(round)}" y="${height - bottom + 20}" text-anchor="middle">${round}</text>`);
  }
  ALL.forEach(([what, says, colour], at) => {
    const shown = samples.filter((sample) => sample[what] > 0);
    let path = "";
    shown.forEach((sample, i) => {
      const before = shown[i - 1];
      // What only a GPU has is interrupted while there is none.
      const joined = before && sample.round - before.round === every;
      path += `${joined ? "L" : "M"}${x(sample.round).toFixed(1)} ${y(sample[what]).toFixed(1)}`;
    });
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    parts.push(`<text x="${width - 140}" y="${40 + 22 * at}" fill="${colour}">${says}</text>`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#44403c">
<rect width="${width}" height="${height}" fill="#fff"/>
${parts.join("\n")}
<text x="${(left + width - 150) / 2}" y="${height - 14}" text-anchor="middle">explanations; shaded: on WebGPU</text>
<text x="${left}" y="13">MB</text>
</svg>
`;
}
